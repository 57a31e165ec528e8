"""What is looked at before anything is opened: files that can be used, and a Redis that can be.

What is wrong is said in one sentence. The parts themselves trust in it.
"""

from __future__ import annotations

import logging
import ssl

import click

from orders.errors import BookError
from orders.menu import load_menu
from orders.settings import Settings

log = logging.getLogger("orderup")

DEADLINE_S = 5.0  # nobody waits at the counter yet; a machine that starts much may be slow


def check_files(settings: Settings) -> None:
    """Raises MenuError, or ClickException for a certificate that cannot be used."""
    load_menu(settings.menu)
    if settings.certfile is None and settings.keyfile is None:
        return
    if settings.certfile is None or settings.keyfile is None:
        raise click.ClickException("A certificate needs its key: set --certfile and --keyfile.")
    try:
        ssl.create_default_context().load_cert_chain(settings.certfile, settings.keyfile)
    except OSError as error:
        raise click.ClickException(
            f"The certificate {settings.certfile} with the key {settings.keyfile} "
            f"cannot be used: {error.strerror}."
        ) from error


async def check_redis(settings: Settings) -> None:
    """Look whether a book can be kept there, and log what that Redis does not promise."""
    from orders.book import OrderBook

    try:
        async with OrderBook(settings, deadline_s=DEADLINE_S) as book:
            inspection = await book.inspect()
    except (BookError, ValueError) as error:  # redis-py finds fault with the URL by ValueError
        where = without_password(settings.redis_url)
        raise click.ClickException(
            f"{error} (--redis-url {where}) Start Redis there, or say with REDIS_URL where it is; an "
            "open restaurant has written its own behind `redis-cli -u`."
        ) from error
    for warning in inspection.warnings:
        log.warning("%s", warning)


def without_password(url: str | None) -> str:
    """The address of a Redis as it may be shown."""
    scheme, _, rest = str(url).partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
