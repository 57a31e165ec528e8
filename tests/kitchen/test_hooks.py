"""Web hooks on their way: signed, tried again, and nobody waits for a receiver that does not answer."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable

import pytest

from kitchen import hooks
from kitchen.errands import errands
from kitchen.receiver import PrivateReceiver, address_of, is_public
from orders.book import OrderBook
from orders.hooks import Delivery
from orders.settings import Settings
from tests.conftest import WATER, changed, eventually
from tests.receiver import HANG, SECRET, Received, Receiver, receiver


def telling(settings: Settings, url: str, **more: object) -> Settings:
    """Settings of a shop that tells this address, and tries again soon."""
    told = {"hook_url": url, "hook_secret": SECRET, "hook_private": True, "hook_retry_s": 0.02}
    return settings.model_copy(update=told | more)


async def delivered(
    settings: Settings, there: Receiver, state: str = "delivered", count: int = 1, **more: object
) -> list[Delivery]:
    """Place so many orders that are ready at once, and run errands until all their deliveries are so."""
    shop = telling(settings, there.url, **more)
    async with OrderBook(shop) as book, errands(shop, book):
        for _ in range(count):
            await book.place(WATER)
        return await eventually(lambda: all_are(book, state))


async def all_are(book: OrderBook, state: str) -> list[Delivery]:
    found = await book.hooks.latest(100)
    return found if all(one.state == state for one in found) else []


async def test_it_is_signed_and_says_what_happened(settings: Settings) -> None:
    """Any receiver that knows the specification can open it."""
    async with receiver() as there:
        (delivery,) = await delivered(settings, there)
    (one,) = there.received
    said = one.opened()
    assert {"type", "timestamp", "data"} == set(said)
    assert ("order.ready", delivery.order.id) == (said["type"], said["data"]["id"])
    assert "SUCCESS" == said["data"]["status"]
    assert ("/hooks?from=here", delivery.id) == (one.path, one.id)
    assert "application/json" == one.headers["content-type"]


@pytest.mark.parametrize("wrong", [500, 301, 404])
async def test_what_fails_is_sent_again_under_the_same_id(settings: Settings, wrong: int) -> None:
    """Anything but a status of 2xx has failed; a redirect is not followed. Its attempts are listed."""
    answers = iter([wrong, 200])
    async with receiver(lambda _: next(answers)) as there:
        (delivery,) = await delivered(settings, there)
    first, second = there.received
    assert (first.id, first.body) == (second.id, second.body)
    assert [str(wrong), "200"] == [attempt.outcome for attempt in delivery.attempts]


async def test_who_says_that_he_is_gone_is_told_no_more(settings: Settings) -> None:
    """410 ends a delivery."""
    async with receiver(lambda _: 410) as there:
        (delivery,) = await delivered(settings, there, "gone")
    assert ["410"] == [attempt.outcome for attempt in delivery.attempts]


async def test_who_never_answers_is_left_in_peace_and_told_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt is limited; of many deliveries few are tried meanwhile, and all arrive at last."""
    hanging = False

    def answer(_: Received) -> int:
        return HANG if hanging else 204

    async with receiver(answer) as there:
        shop = telling(settings, there.url, hook_retry_s=1)
        async with OrderBook(shop) as book, errands(shop, book):
            await book.place(WATER)
            await eventually(lambda: all_are(book, "delivered"))
            hanging = True
            with monkeypatch.context() as hasty:
                hasty.setattr(hooks, "ANSWER_WITHIN_S", 0.2)
                await asyncio.gather(*(book.place(WATER) for _ in range(40)))
                await eventually(lambda: any_attempt(book, "timeout"))
                tried = len(there.received) - 1
                hanging = False
            found = await eventually(lambda: all_are(book, "delivered"), 30)
    assert tried <= 16
    assert 41 == len(found)
    assert {one.id for one in found} == {one.id for one in there.received}


async def any_attempt(book: OrderBook, outcome: str) -> bool:
    found = await book.hooks.latest(100)
    return outcome in {attempt.outcome for one in found for attempt in one.attempts}


async def test_nobody_at_the_address_is_a_failed_attempt(settings: Settings) -> None:
    """Until somebody is there again."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen; nor can anybody else there
        shop = telling(settings, f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        async with OrderBook(shop) as book, errands(shop, book):
            await book.place(WATER)
            await eventually(lambda: any_attempt(book, "ConnectError"))
            (delivery,) = await book.hooks.latest(1)
            assert "waiting" == delivery.state


async def test_it_is_sent_again_by_hand(settings: Settings) -> None:
    """Also what was delivered, with the id it had."""
    async with receiver() as there:
        shop = telling(settings, there.url)
        async with OrderBook(shop) as book, errands(shop, book):
            await book.place(WATER)
            (delivery,) = await eventually(lambda: all_are(book, "delivered"))
            await book.hooks.send_again(delivery.id)
            await eventually(lambda: len(there.received) == 2)
    assert 1 == len({one.id for one in there.received})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_what_is_private(address: str) -> None:
    """The house, its neighbours, and whatever carries such an address within."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_what_is_public(address: str) -> None:
    """The world."""
    assert is_public(ipaddress.ip_address(address))


async def test_a_private_receiver_is_refused(settings: Settings) -> None:
    """Unless the setting allows it: by number and by name, and nothing is sent."""
    with pytest.raises(PrivateReceiver):
        await address_of("localhost", 80, private=False)
    async with receiver() as there:
        (delivery,) = await delivered(settings, there, "failed", hook_private=False)
    assert [] == there.received
    assert "a private address, which is not allowed" == delivery.attempts[0].outcome


Lookup = Callable[..., list[tuple[int, int, int, str, tuple[str, int]]]]


def answering(*rounds: list[str]) -> Lookup:
    """A name server that answers each time something else."""
    left = iter(rounds)

    def getaddrinfo(_host: str, port: int, *_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in next(left)]

    return getaddrinfo  # type: ignore[return-value]


async def test_one_private_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """All addresses of a name are judged, not only the first."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(["1.1.1.1", "10.0.0.1"]))
    with pytest.raises(PrivateReceiver):
        await address_of("receiver.example", 80, private=False)


async def test_the_connection_goes_to_the_address_that_was_judged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once, nobody asks a second time; and the receiver hears his name."""
    async with receiver() as there:
        monkeypatch.setattr(socket, "getaddrinfo", answering(["127.0.0.1"]))
        shop = telling(settings, f"http://receiver.example:{there.port}/")
        post = hooks.Post(shop)
        async with changed(shop) as book:
            await book.place(WATER)
            (delivery,) = await book.hooks.latest(1)
            attempt, state = await post.send(delivery)
            await post.close()
    assert ("204", "delivered") == (attempt.outcome, state)
    assert f"receiver.example:{there.port}" == there.received[0].headers["host"]


async def test_neither_secret_nor_address_is_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not when a delivery is given up; a password in the address goes to the receiver alone."""
    caplog.set_level(logging.INFO)
    async with receiver(lambda _: 410) as there:
        there_with_password = there.url.replace("//", "//user:pass-word@")
        shop = telling(settings, there_with_password)
        async with OrderBook(shop) as book, errands(shop, book):
            await book.place(WATER)
            await eventually(lambda: all_are(book, "gone"))
    assert there.received[0].headers["authorization"].startswith("Basic ")
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "is given up" in told
    for secret in (SECRET, SECRET.removeprefix("whsec_"), "pass-word", "/hooks"):
        assert secret not in told + repr(shop)


async def test_a_shop_without_an_address_gives_up(settings: Settings) -> None:
    """A kitchen that was not told where to: it says so, and staff can send it later."""
    async with changed(telling(settings, "https://hooks.example")) as book:
        await book.place(WATER)
    async with OrderBook(settings) as book, errands(settings, book):
        (delivery,) = await eventually(lambda: all_are(book, "failed"))
    assert "no address is set in this kitchen" == delivery.attempts[0].outcome
