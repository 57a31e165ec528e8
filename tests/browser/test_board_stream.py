"""How a board hears: one stream for all tabs, whatever becomes of the tabs, the clock or the machine."""

from __future__ import annotations

import asyncio
import os
import signal

from playwright.async_api import Browser, Page, expect

from tests.browser.board import LIVE, READY, open_board
from tests.browser.conftest import LIMIT_MS, OpenPage
from tests.browser.hall import Hall
from tests.conftest import eventually
from tests.restaurant import Restaurant

TWO_BEATS_MS, AN_HOUR_MS = 12_000, 3_600_000
DAY_S = 24 * 3600
KEEP_WORKERS = """
  window.workers = [];
  window.SharedWorker = class extends SharedWorker {
    constructor(...of) { super(...of); window.workers.push(this); }
  };
"""
REFUSE_WAKE_LOCK = """
  window.asked = [];
  WakeLock.prototype.request = async kind => {
    window.asked.push(kind);
    throw new DOMException('low battery', 'NotAllowedError');
  };
"""
FAIL_ONCE = """
  import('/static/js/shared-source.js').then(({ openShared }) => [0, 1, 2].map(number => {
    const source = openShared('/board/events');
    if (number === 0) workers.at(-1).dispatchEvent(new Event('error'));
    source.close();
    return source.constructor.name;
  }))
"""
SOONER = "((real) => (window.setTimeout = (then, ms) => real(then, ms / 10)))(setTimeout)"
COUNT_STREAMS = """
  window.opened = 0;
  window.SharedWorker = class extends SharedWorker {
    constructor(...of) { super(...of); window.opened += 1; }
  };
  window.EventSource = class extends EventSource {  // a tab's own, where the worker was slow to answer
    constructor(...of) { super(...of); window.opened += 1; }
  };
"""
KIND_OF_STREAM = """
  import('/static/js/shared-source.js').then(({ openShared }) => {
    const source = openShared('/board/events');
    source.close();
    return source.constructor.name;
  })
"""


async def open_tabs(browser: Browser, address: str, count: int) -> list[Page]:
    """Boards in one window, each live."""
    context = await browser.new_context()
    context.set_default_timeout(LIMIT_MS)
    tabs = [await context.new_page() for _ in range(count)]
    await asyncio.gather(*(tab.goto(f"{address}/board") for tab in tabs))
    for tab in tabs:
        await expect(tab.locator(LIVE)).to_be_visible(timeout=LIMIT_MS)
    return tabs


async def expect_on_all(tabs: list[Page], number: str) -> None:
    for tab in tabs:
        await expect(tab.locator(READY.format(number))).to_be_visible()


async def test_ten_boards_in_one_browser_are_all_live(hall: Hall, browser: Browser) -> None:
    """A browser opens six connections to a host; ten tabs hear all the same, and after some close."""
    tabs = await open_tabs(browser, hall.address, 10)
    await expect_on_all(tabs, hall.ready())
    for tab in tabs[:5]:
        await tab.close()
    await expect_on_all(tabs[5:], hall.ready())


async def test_boards_recover_when_their_worker_dies(hall: Hall, browser: Browser) -> None:
    """A stream that falls silent is noticed by the missing heartbeats; another worker opens the next."""
    tabs = await open_tabs(browser, hall.address, 2)
    (worker,) = await workers(tabs[0])
    await kill_worker(tabs[0], worker)
    for tab in tabs:
        await tab.clock.install()
        await tab.clock.fast_forward(TWO_BEATS_MS)
    await expect_on_all(tabs, hall.ready())
    assert 1 == len(await workers(tabs[0]))


async def workers(tab: Page) -> list[str]:
    """Those of its own window: one that was closed takes its time to be gone."""
    protocol = await tab.context.new_cdp_session(tab)
    window = (await protocol.send("Target.getTargetInfo"))["targetInfo"]["browserContextId"]
    targets = (await protocol.send("Target.getTargets"))["targetInfos"]
    return [
        target["targetId"]
        for target in targets
        if target["type"] == "shared_worker" and target["browserContextId"] == window
    ]


async def kill_worker(tab: Page, target: str) -> None:
    """Close it from inside, which its tabs are not told."""
    browser = tab.context.browser
    assert browser is not None
    protocol = await browser.new_browser_cdp_session()
    where = {"targetId": target, "flatten": False}
    session = (await protocol.send("Target.attachToTarget", where))["sessionId"]
    command = '{"id": 1, "method": "Runtime.evaluate", "params": {"expression": "close()"}}'
    await protocol.send("Target.sendMessageToTarget", {"sessionId": session, "message": command})
    async with asyncio.timeout(LIMIT_MS / 1000):
        while target in await workers(tab):
            await asyncio.sleep(0.05)
    await protocol.detach()  # a debugger would hold up the next worker


async def test_a_browser_without_shared_workers_has_a_stream_for_each_tab(
    hall: Hall, open_page: OpenPage
) -> None:
    """None there, none allowed, or one that never answers: the board is live all the same."""
    silent = "class Silent extends EventTarget { port = new MessageChannel().port1; }; " + SOONER
    forbidden = "class Forbidden { constructor() { throw new DOMException('', 'SecurityError'); } }"
    scripts = [f"window.SharedWorker = {worker}" for worker in (silent, forbidden)]
    for script in ("delete window.SharedWorker", *scripts):
        board = await open_board(hall, open_page, script=script)
        await expect(board.locator(READY.format(hall.ready()))).to_be_visible()


async def test_a_worker_that_fails_when_nobody_listens_any_more_disturbs_nobody(
    hall: Hall, open_page: OpenPage
) -> None:
    """Its script may fail to load after the page has left; back again, the page shares a stream."""
    board = await open_board(hall, open_page, script=KEEP_WORKERS)
    kind: str = await board.evaluate(KIND_OF_STREAM)
    await board.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    await board.evaluate("workers.forEach(worker => worker.dispatchEvent(new Event('error')))")
    assert kind == await board.evaluate(KIND_OF_STREAM)
    await board.evaluate("dispatchEvent(new Event('online'))")
    await expect(board.locator(READY.format(hall.ready()))).to_be_visible()


async def test_a_worker_that_failed_is_tried_again(hall: Hall, open_page: OpenPage) -> None:
    """The next connection is the tab's own, the one after that is shared: else ten tabs would jam."""
    board = await open_board(hall, open_page, script=KEEP_WORKERS)
    shared = await board.evaluate(KIND_OF_STREAM)
    assert [shared, "EventSource", shared] == await board.evaluate(FAIL_ONCE)


async def test_a_board_works_by_http_under_any_name(hall: Hall, browser: Browser) -> None:
    """Without a secure context there is no wake lock; stream, sound and numbers are there."""
    address = hall.address.replace("127.0.0.1", "counter.test")
    one, other = await open_tabs(browser, address, 2)
    assert not await one.evaluate("isSecureContext")
    await one.locator("[data-start]").click()
    await expect(one.locator("[data-test]")).to_be_visible()
    await expect_on_all([one, other], hall.ready())


async def test_the_screen_is_kept_awake_while_it_is_seen(hall: Hall, open_page: OpenPage) -> None:
    """The wake lock is asked for at once and when the page is seen again; a refusal does no harm."""
    board = await open_board(hall, open_page, script=REFUSE_WAKE_LOCK)
    assert ["screen"] == await board.evaluate("window.asked")
    await board.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert ["screen", "screen"] == await board.evaluate("window.asked")


async def test_a_machine_that_slept_shows_what_is_true_now(hall: Hall, open_page: OpenPage) -> None:
    """After an hour of sleep the board asks anew; a clock that was set back does not disturb it."""
    board = await open_board(hall, open_page, script=COUNT_STREAMS)
    await board.clock.install()
    opened: int = await board.evaluate("window.opened")

    async def asks_anew() -> bool:
        await board.clock.fast_forward(AN_HOUR_MS)  # and again, if a heartbeat came in first
        return bool(await board.evaluate("n => window.opened > n", opened))

    await eventually(asks_anew, LIMIT_MS / 1000)
    await expect(board.locator(READY.format(hall.ready()))).to_be_visible()
    await expect(board.locator(LIVE)).to_be_visible()
    now_ms: float = await board.evaluate("Date.now()")
    await board.clock.set_system_time(now_ms / 1000 - DAY_S)
    await expect(board.locator(READY.format(hall.ready()))).to_be_visible()
    await expect(board.locator("blind-notice")).to_be_hidden()


async def test_old_numbers_are_not_shown_as_live_when_nothing_is_heard(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """After two missed heartbeats a banner says since when; what comes afterwards is the whole truth."""
    board = await open_page(own_restaurant.address, "/board")
    await expect(board.locator(LIVE)).to_be_visible()
    await board.clock.install()
    web = own_restaurant.find(" web ")
    launcher = own_restaurant.find(" open ")
    assert web is not None
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # or it would start another
    os.kill(web, signal.SIGSTOP)
    notice = board.locator("blind-notice")
    await board.clock.fast_forward(TWO_BEATS_MS)
    await expect(notice).to_contain_text("Nothing heard since")
    await expect(notice.locator("[data-ago]")).to_contain_text("seconds ago")
    await expect(board.locator(LIVE)).to_have_count(0)
    os.kill(web, signal.SIGCONT)
    os.kill(launcher, signal.SIGCONT)
    await expect(notice).to_be_hidden(timeout=LIMIT_MS)
    own_restaurant.place()
    await expect(board.locator(READY.format("100"))).to_be_visible()
