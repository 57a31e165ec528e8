"""A mail server that shows what arrives: the outside service of the recipe that sends an e-mail.

It keeps nothing and passes nothing on. It can be slow, and it can turn letters away, as they do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes, policy
from typing import Any

import click


class Postbox:
    """Takes letters. The first `refuses` of them are turned away with "try again later"."""

    def __init__(
        self, tell: Callable[[str], object], *, slow_s: float = 0.0, refuses: int = 0
    ) -> None:
        self.letters: list[str] = []  # the Message-ID of each
        self._tell = tell
        self._slow_s = slow_s
        self._refuses = refuses

    @asynccontextmanager
    async def opened(self, host: str, port: int) -> AsyncIterator[int]:
        """Take letters while inside; the port, which is a free one for 0."""
        from aiosmtpd.smtp import SMTP

        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), host, port)
        async with server:
            yield int(server.sockets[0].getsockname()[1])

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one letter; the name and what it answers are aiosmtpd's."""
        await asyncio.sleep(self._slow_s)
        if self._refuses:
            self._refuses -= 1
            self._tell("A letter was turned away: 451, try again later.")
            return "451 Try again later"
        letter = message_from_bytes(envelope.content, policy=policy.default)
        again = " (once more)" if letter["Message-ID"] in self.letters else ""
        self.letters.append(letter["Message-ID"])
        self._tell(f"{letter['Message-ID']}{again} to {letter['To']}: {letter['Subject']}")
        return "250 OK"


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=2525,
    show_default=True,
    help="Port to listen on; 0: a free one.",
)
@click.option(
    "--slow-s", type=click.FloatRange(0), default=0.0, help="Take so long over each letter."
)
@click.option(
    "--refuse", type=click.IntRange(0), default=0, help="Turn so many letters away at first."
)
def postbox(port: int, slow_s: float, refuse: int) -> None:
    """Open a mail server that shows what arrives (for the recipe `letter`)."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_stay_open(Postbox(click.echo, slow_s=slow_s, refuses=refuse), port))


async def _stay_open(box: Postbox, port: int) -> None:
    try:
        async with box.opened("127.0.0.1", port) as found:
            click.echo(f"The postbox is open at 127.0.0.1:{found}. Ctrl-C closes it.")
            await asyncio.Future()
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be opened: {error.strerror}.") from error
