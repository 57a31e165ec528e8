"""Serving the counter with Hypercorn, and stopping it in good order.

Hypercorn waits for open streams when it stops: for ever on Python 3.12 and newer, and on every version
for a viewer who has stopped reading. So the streams are ended here before it is told to stop, and if it
still hangs the process goes without it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from web.app import create_app
from web.counter import Counter

if TYPE_CHECKING:
    from orders.settings import Settings
    from web.vitals import Vitals
    from web.workshop.opening import Staging

log = logging.getLogger("web")

BACKLOG = 4096
DRAIN_S = 1.5  # streams end within one second, each at its own moment; requests on their way arrive
GIVE_UP_S = 9.0


def run(settings: Settings, *, fd: int | None = None, staging: Staging | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; on the listening socket `fd`, or one of our own. With a `staging`
    the workshop is there too.

    Raises OSError when the address cannot be listened on.
    """
    _raise_limit_of_open_files()
    _collect_rarely()
    doors: list[asyncio.Server] = []
    with asyncio.Runner(loop_factory=lambda: _loop(doors)) as runner:
        runner.run(_serve(settings, fd, staging, doors))


def _loop(doors: list[asyncio.Server]) -> asyncio.AbstractEventLoop:
    """An event loop that puts the listening servers it makes into `doors`.

    Hypercorn closes them only together with every connection on which no request has arrived yet, so a
    customer who has just come in would be shown out. We close them a moment earlier.
    """
    if sys.platform == "win32":
        base: type[asyncio.AbstractEventLoop] = asyncio.ProactorEventLoop
    else:
        import uvloop

        base = uvloop.Loop

    class Loop(base):  # type: ignore[valid-type, misc] # chosen by platform
        async def create_server(self, *args: Any, **kwargs: Any) -> asyncio.Server:
            server: asyncio.Server = await super().create_server(*args, **kwargs)
            doors.append(server)
            return server

    return Loop()


async def _serve(
    settings: Settings, fd: int | None, staging: Staging | None, doors: list[asyncio.Server]
) -> None:
    app = create_app(settings, staging)
    counter: Counter = app.extensions["counter"]
    stop = _stop_signal()
    asyncio.get_running_loop().set_exception_handler(partial(_tell, counter.vitals))

    async def shutdown_trigger() -> None:
        await stop.wait()
        log.info("closing: no new streams, %d are ended", counter.hub.viewers)
        _give_up_later()
        for door in doors:
            door.close()
        counter.hub.end()
        await asyncio.sleep(DRAIN_S)

    config = _config(settings, fd)
    if staging is not None:
        _keep_access_log(config, settings)
    await serve(app, config, shutdown_trigger=shutdown_trigger)


def _config(settings: Settings, fd: int | None) -> Config:
    config = Config()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    config.bind = [f"{host}:{settings.port}" if fd is None else f"fd://{fd}"]
    config.backlog = BACKLOG
    config.certfile = str(settings.certfile) if settings.certfile else None
    config.keyfile = str(settings.keyfile) if settings.keyfile else None
    config.include_server_header = False
    config.graceful_timeout = GIVE_UP_S
    # Hypercorn hangs up after a thousand requests; a proxy that keeps its connections does no harm.
    config.keep_alive_max_requests = sys.maxsize
    config.errorlog = logging.getLogger("web.hypercorn")
    return config


def _keep_access_log(config: Config, settings: Settings) -> None:
    """Every request in a file: the workshop's figures can be traced to it."""
    from web.workshop.opening import access_log

    config.accesslog = str(access_log(settings))
    config.access_log_format = '%(t)s %(s)s %(D)s us "%(r)s" "%(a)s"'


def _tell(vitals: Vitals, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong in the event loop, except how a connection ended: a viewer who stalled and
    was let go, a TLS handshake that failed. Hypercorn lets these pass, each would be a stack trace.
    """
    error = context.get("exception")
    if "transport" not in context or not isinstance(error, OSError):
        loop.default_exception_handler(context)
    elif isinstance(error, TimeoutError):  # as TCP_USER_TIMEOUT ends it, see web/door.py
        vitals.slow_viewers += 1


def _stop_signal() -> asyncio.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _give_up_later() -> None:
    """Leave after a while, whatever still hangs. A thread, since the event loop may hang as well."""
    timer = threading.Timer(GIVE_UP_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _collect_rarely() -> None:
    """Look for garbage in cycles less often; nearly all of ours is in none, and is freed at once.

    Python looks after every 700 new objects, and an order makes some hundreds: that was a tenth of the
    CPU. What is loaded by now stays for good, and need not be looked through at all. Looking through
    everything halts the counter for half a second when ten thousand are watching, and a frame for so
    many set it off each time: it is done when enough of them have left (web/seats.py), else very seldom.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 1_000)


def _raise_limit_of_open_files() -> None:
    """Each viewer is an open file; the usual limit of 1024 would be a hall of a thousand."""
    if sys.platform == "win32":
        return
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
