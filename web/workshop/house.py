"""The house: what `orderup open --workshop` runs in the launcher.

It keeps web and the cooks up, plays, and does what the presenter asks for on the line to the web server;
so it outlives every fault that it makes.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from orders.directions import VARIABLE
from orders.keys import Keys
from orders.settings import Settings
from orders.upkeep import Part, keep_up
from orders.valkey import PrivateValkey
from web import door
from web.workshop.controls import NoSuchControl
from web.workshop.cooks import Cooks
from web.workshop.faults import Faults
from web.workshop.hatch import Hatch
from web.workshop.line import Line, Message, line_on
from web.workshop.opening import HATCH, INVITATION, script
from web.workshop.show import Show
from web.workshop.visits import choose_crew
from web.workshop.xray import Xray

if TYPE_CHECKING:
    import httpx

TELL_EVERY_S = 0.25
NEWS_KEPT = 6
STUMBLE_S = 1.0
COOKS_AT_FIRST = 1

log = logging.getLogger("workshop")


class House:
    """`address`: where the counter is found. `parts`: how web and a kitchen are started. `valkey` may be
    pulled out.
    """

    def __init__(
        self, settings: Settings, address: str, parts: tuple[Part, ...], valkey: PrivateValkey
    ) -> None:
        staff = {"Authorization": f"Bearer {settings.staff_pin}"}
        self._address, self._staff = address, staff
        directed = {VARIABLE: str(script(settings).resolve())}
        invited = directed | {INVITATION: secrets.token_urlsafe(12)}  # another one each time
        self._hatch = None
        if outside := urlsplit(door.on_the_net(settings) or "").hostname:
            self._hatch = Hatch(
                "" if settings.host in door.EVERYWHERE else settings.host, valkey.url
            )
            invited[HATCH] = self._hatch.address(outside)
        web, kitchen = parts
        self._web, kitchen = _told(web, invited), _told(kitchen, directed)
        self._web_pid: int | None = None
        self._web_since = time.monotonic()
        self._line: Line | None = None
        self._choosing: asyncio.Task[None] | None = None
        self._news: deque[dict[str, Any]] = deque(maxlen=NEWS_KEPT)
        self._xray = Xray(valkey.url, Keys(settings.key_prefix))
        self._show = Show(staff, script(settings), self._xray)
        self._cooks = Cooks(kitchen, self._tell_news)
        self._faults = Faults(
            self._show,
            self._cooks,
            valkey,
            staff=staff,
            web_pid=lambda: self._web_pid,
            tell=self._tell_news,
        )

    async def keep(self) -> NoReturn:
        """For ever, until cancelled."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # the web server keeps the access log
        async with asyncio.TaskGroup() as parts:
            parts.create_task(keep_up("web", self._web_life))
            self._cooks.set_number(COOKS_AT_FIRST, parts)
            parts.create_task(self._keep_telling())
            if self._hatch:
                parts.create_task(self._hatch.keep())
            while True:
                try:
                    await self._play(parts)
                except* Exception:
                    log.exception("the play stumbled, and begins again")
                    self._show.forget()
                await asyncio.sleep(STUMBLE_S)

    async def _play(self, parts: asyncio.TaskGroup) -> None:
        async with a_client(self._address) as client, asyncio.TaskGroup() as going:
            self._parts, self._client, self._going = parts, client, going
            self._choose_crew()
            await self._show.play(client, going)

    async def _web_life(self) -> int:
        """One life of the web server, with a line of its own."""
        ours, theirs = socket.socketpair()
        with theirs:
            fd = theirs.fileno()
            part = replace(
                self._web,
                command=(*self._web.command, "--stage", str(fd)),
                descriptors=(*self._web.descriptors, fd),
                born=lambda pid: self._born(pid, theirs),
            )
            async with line_on(ours) as line, self._listening(line):
                return await part.live()

    def _born(self, pid: int, theirs: socket.socket) -> None:
        theirs.close()  # the end is theirs alone now: when they are gone, it is closed
        if self._web_pid is not None:
            self._tell_news(f"The web server is another process now: {self._web_pid} → {pid}.")
        self._web_pid = pid

    @asynccontextmanager
    async def _listening(self, line: Line) -> AsyncIterator[None]:
        listening = asyncio.create_task(self._listen(line))
        self._line = line
        try:
            yield
        finally:
            self._line = None
            listening.cancel()
            self._show.serving(None)

    async def _listen(self, line: Line) -> None:
        async for message in line.heard():
            try:
                self._do(message)
            except NoSuchControl as error:
                self._tell_news(str(error))
            except Exception:
                log.exception("a wish was not understood: %s", message)

    def _do(self, message: Message) -> None:
        """What the web server asks for: something to set, to do, or to let happen."""
        if "serving" in message:
            self._show.serving(message["serving"])
        if "set" in message:
            self._show.direct(message["set"])
            if "people_cook" in message["set"]:
                self._choose_crew()
            if self._hatch and "laptops" in message["set"]:
                self._hatch.turn(to=self._show.controls.laptops)
        if "cut" in message:
            self._tell_news(f"The connections of {message['cut']} viewers of this page were cut.")
        if "fault" in message:
            self._going.create_task(self._faults.happen(message["fault"], self._client))
        match message.get("do"):
            case "rush":
                self._show.rush()
            case "reset":
                self._show.reset(self._client, self._going)
            case "hire":
                self._show.touch()
                self._cooks.hire(self._parts)
            case "send-home":
                self._show.touch()
                self._cooks.send_home()
            case "x-ray":
                self._xray.begin()
        self._tell()

    def _choose_crew(self) -> None:
        """Have the book say who cooks: the crew, or the people in the hall. One task sees to it."""
        if self._choosing is None or self._choosing.done():
            choosing = choose_crew(
                self._client, self._staff, lambda: self._show.controls.people_cook
            )
            self._choosing = self._going.create_task(choosing)

    async def _keep_telling(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(TELL_EVERY_S)

    def _tell(self) -> None:
        if self._line is not None:
            self._line.tell(
                {
                    **self._show.told(),
                    "cooks": self._cooks.told(),
                    "web_pid": self._web_pid,
                    "redis_is_out": self._faults.redis_is_out,
                    "counted": self._faults.counted,
                    "news": list(self._news),
                    "xray": self._xray.told(),
                }
            )

    def _tell_news(self, text: str) -> None:
        log.info("%s", text)
        self._news.append({"at_ms": int(time.time() * 1000), "text": text})


def _told(part: Part, more: dict[str, str]) -> Part:
    """The part, with more in its environment."""
    return replace(part, environment={**part.environment, **more})


def a_client(address: str) -> httpx.AsyncClient:
    """Customers: each comes on a connection of his own, and none asks a proxy for the way."""
    import httpx

    return httpx.AsyncClient(
        base_url=address,
        timeout=httpx.Timeout(None, connect=5),
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=0),
        verify=False,  # noqa: S501 - it is our own certificate, on this machine
        trust_env=False,
    )
