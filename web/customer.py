"""A customer at the command line: orders over HTTP, and follows the number as a phone does.

For workshops, alike in PowerShell, zsh and bash. It knows nothing but the API.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import httpx

WONDERS_S = 3.0
WONDERS = (
    "It has been {wait:g} s, and no cook has begun with {numbers}. Either all of them are busy, or none "
    "is on shift at this counter's Redis and store: `orderup doctor` says which."
)
OVER = {"SUCCESS", "FAILURE", "COLLECTED", "REVOKED"}


@click.command()
@click.argument("skus", nargs=-1, required=True, metavar="SKU...")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The counter.")
@click.option(
    "--times", type=click.IntRange(min=1), default=1, help="Order it so many times, all at once."
)
@click.option("--key", help="Idempotency key: the same order under the same key is one order.")
@click.option("--wait/--no-wait", default=True, help="Follow the order until it is ready.")
def order(skus: tuple[str, ...], url: str, times: int, key: str | None, *, wait: bool) -> None:
    """Order dishes by their sku, and see what becomes of the order."""
    import httpx

    try:
        asyncio.run(_order(skus, url, times, key, wait=wait))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(
            f"Nobody answers at {url} ({type(error).__name__}): is `orderup open` or `orderup web` "
            "running, and on this port? See --url."
        ) from error


async def _order(
    skus: tuple[str, ...], url: str, times: int, key: str | None, *, wait: bool
) -> None:
    import httpx

    timeout = httpx.Timeout(10, read=30)
    async with httpx.AsyncClient(base_url=url, timeout=timeout) as client:
        untouched: dict[str, str] = {}
        customers = [_be_served(client, skus, key, untouched, wait=wait) for _ in range(times)]
        wondering = asyncio.create_task(_wonder(untouched))
        await asyncio.gather(*customers)
        wondering.cancel()


async def _wonder(untouched: Mapping[str, str]) -> None:
    """Say it when nothing happens: the commonest mistake is that no kitchen is open."""
    await asyncio.sleep(WONDERS_S)
    if untouched:
        numbers = ", ".join(untouched.values())
        click.echo(WONDERS.format(wait=WONDERS_S, numbers=numbers), err=True)


async def _be_served(
    client: httpx.AsyncClient,
    skus: tuple[str, ...],
    key: str | None,
    untouched: dict[str, str],
    *,
    wait: bool,
) -> None:
    """One customer. While nobody has begun with the order, its number is in `untouched`, by id."""
    began = time.monotonic()
    items = [{"sku": sku, "quantity": 1} for sku in skus]
    headers = {b"Idempotency-Key": key.encode()} if key else {}
    told = _read(await client.post("/api/orders", json={"items": items}, headers=headers))
    _tell(told, began)
    if wait and told["status"] not in OVER:
        untouched[told["id"]] = told["reference"]
        async for news in _news(client, told):
            if news["status"] != "PENDING":
                untouched.pop(news["id"], None)
            _tell(news, began)


def _read(answer: httpx.Response) -> dict[str, Any]:
    """The order. Raises ClickException when there is none, or whoever answers is no counter of ours."""
    kind = answer.headers.get("Content-Type", "")
    if kind == "application/problem+json":
        problem = answer.json()
        raise click.ClickException(f"{problem['title']}: {problem['detail']}")
    if answer.status_code != HTTPStatus.CREATED or kind != "application/json":
        raise click.ClickException(
            f"What answers at {answer.url} is no Order Up (status {answer.status_code}): is another "
            "program on this port? See --url."
        )
    order: dict[str, Any] = answer.json()
    return order


async def _news(client: httpx.AsyncClient, order: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The order with each new status or attempt, until it is over; a broken stream is opened again."""
    import httpx

    while order["status"] not in OVER:
        try:
            async with client.stream("GET", f"/orders/{order['id']}/events") as stream:
                if stream.status_code != httpx.codes.OK:
                    return
                async for line in stream.aiter_lines():
                    news = json.loads(line.removeprefix("data: ")) if '"reference"' in line else {}
                    if news and _state(news) != _state(order):
                        order = news
                        yield news
                    if order["status"] in OVER:
                        return
        except httpx.TransportError:
            await asyncio.sleep(1)


def _state(order: dict[str, Any]) -> tuple[str, int]:
    """What is told when it changes: STARTED may be followed by STARTED in the next attempt."""
    return order["status"], order["attempt"]


def _tell(order: dict[str, Any], began: float) -> None:
    """One line for each thing that happened: when, the number, the status, and what belongs to it."""
    more = f"  {json.dumps(order['result'])}" if order["result"] is not None else ""
    attempt = f"  attempt {order['attempt']}" if order["attempt"] > 1 else ""
    click.echo(
        f"{time.monotonic() - began:7.2f} s  {order['reference']}  {order['status']:<8}"
        f"  id {order['id']}{attempt}{more}"
    )
