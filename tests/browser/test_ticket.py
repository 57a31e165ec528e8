"""The ticket, as the person who waits sees it: on a phone that sleeps, by sound, on paper."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.browser.axe import violations
from tests.browser.conftest import LIMIT_MS, OpenPage
from tests.browser.sizes import SIZES
from tests.conftest import eventually
from tests.faults.proxy import Proxy
from tests.restaurant import Restaurant, opened

PHONE = SIZES["phone"]
MEAL = OrderRequest(
    items=(
        OrderLine(sku="nuggets-6", quantity=2, note="no sauce, please"),
        OrderLine(sku="cheeseburger", quantity=1),
        OrderLine(sku="water", quantity=3),
    ),
    name="Maria",
)

EAR = """
window.EventSource = class extends EventSource {
  constructor(address) { super(address); this.addEventListener("order", () => window.heard = true); }
};
"""

# What the page asks of the browser, noted down: a machine can neither hear nor feel it.
NOTE_CALLS = (
    EAR
    + """
window.calls = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.calls.push("tone"); start.apply(this, at); };
navigator.vibrate = (pattern) => window.calls.push(`vibrate ${pattern}`);
window.Notification = class extends Notification {
  constructor(title, options) { super(title, options); window.calls.push(`message ${title}`); }
};
"""
)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """A restaurant where people cook: nothing happens to an order but what the test does."""
    options = ("--kitchen", "people", "--staff-pin", "1234")
    with opened(tmp_path_factory.mktemp("ticket"), *options) as it:
        yield it


@pytest.fixture
async def book(counter: Restaurant) -> AsyncIterator[OrderBook]:
    async with book_of(counter) as book:
        yield book


def book_of(restaurant: Restaurant) -> OrderBook:
    url = f"redis://127.0.0.1:{restaurant.valkey_port}/0"
    return OrderBook(Settings(redis_url=url, data_dir=restaurant.data))


def path_of(order: Order) -> str:
    return f"/orders/{order.id}"


async def calls(ticket: Page) -> list[str]:
    found: list[str] = await ticket.evaluate("window.calls")
    return found


async def listening(ticket: Page) -> None:
    """The page hears its stream, so that nothing that happens from now on is in the page already."""

    async def heard() -> bool:
        return bool(await ticket.evaluate("window.heard"))

    await eventually(heard)


async def says(ticket: Page, words: str) -> None:
    """This is what a button reads; its other words are in the page too, and hidden."""
    await expect(ticket.get_by_role("button", name=words, exact=True)).to_be_visible()


async def cooked(book: OrderBook, order: Order, **more: Any) -> None:
    await book.start(order.id, order.attempt, "anna")
    await book.finish(order.id, order.attempt, "anna", **more)


async def test_every_state_is_told_by_word_colour_and_title(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """From the order to the meal, live and without a reload; axe finds nothing wrong in any state."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), viewport=PHONE)
    await ticket.evaluate("window.neverReloaded = true")
    state, stub = ticket.locator("[data-state] strong"), ticket.locator(".stub")
    colours = set()

    async def shows(word: str) -> None:
        await expect(state).to_have_text(word)
        await expect(ticket).to_have_title(f"{order.reference} · {word} · Order Up")
        style = "e => getComputedStyle(e).backgroundColor + getComputedStyle(e).borderTopColor"
        colours.add(await stub.evaluate(style))
        assert [] == await violations(ticket), word

    await shows("In line")
    await book.start(order.id, 1, "anna")
    await shows("Being prepared")
    await book.retry(order.id, 1, "anna", "burnt", 60_000)
    await shows("Once more")
    await book.start(order.id, 2, "anna")
    await book.fail(order.id, 2, "anna", "burnt again")
    await shows("Please ask")
    await book.set_status(order.id, Status.PENDING, Actor.STAFF, Status.FAILURE)
    await shows("In line")
    await book.start(order.id, 3, "anna")
    await book.finish(order.id, 3, "anna")
    await shows("Ready")
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    await shows("Collected")
    assert 5 == len(colours), "STARTED and RETRY share one: both are being prepared"
    assert await ticket.evaluate("window.neverReloaded")


async def test_other_ends_are_told_and_accessible(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """A cancelled order, an unknown one, and an address from which nothing is heard."""
    revoked = await book.place(MEAL)
    await book.set_status(revoked.id, Status.REVOKED, Actor.CUSTOMER)
    for path, words in ((path_of(revoked), "Cancelled"), ("/orders/nobody", "Unknown order")):
        page = await open_page(counter.address, path, viewport=PHONE)
        await expect(page.locator("main")).to_contain_text(words)
        await expect(page.locator("main")).not_to_contain_text("In line")
        assert [] == await violations(page)


async def test_the_bar_moves_only_with_the_kitchen(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """What the cook has reported is done, and no more: a cook who stops stops the bar."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), viewport=PHONE)
    bar, words = ticket.locator("progress").first, ticket.locator("#progress-words")
    await book.start(order.id, 1, "anna")
    await expect(ticket.locator("[data-state]")).to_contain_text("Being prepared")
    await expect(bar).to_be_hidden()
    await book.report(order.id, 1, "anna", 1, 2)
    await expect(words).to_have_text("1 of 2 done")
    assert 0.5 == await bar.evaluate("e => e.position")
    assert 0 == await ticket.evaluate("document.getAnimations().length")
    await book.retry(order.id, 1, "anna", "burnt", 60_000)
    await expect(bar).to_be_hidden()


async def test_the_place_in_line_moves_by_itself(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Who waits sees how many are before, and that they become fewer; who is cooked for, no place."""
    first, mine = await book.place(MEAL), await book.place(MEAL)
    before = await open_page(counter.address, path_of(first))
    place = int(await before.locator("[data-place] strong").inner_text())
    ticket = await open_page(counter.address, path_of(mine))
    await expect(ticket.locator("[data-place] strong")).to_have_text(str(place + 1))
    await book.start(first.id, 1, "anna")
    await expect(ticket.locator("[data-place] strong")).to_have_text(str(place))
    await expect(before.locator("[data-place]")).to_be_hidden()


async def test_the_estimate_counts_down_and_ends_in_silence(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """From enough orders comes a range; when its time is over without news, nothing is claimed."""
    for _ in range(8):
        await cooked(book, await book.place(MEAL))
    order = await book.place(MEAL)
    await book.start(order.id, 1, "anna")
    ticket = await open_page(counter.address, f"{path_of(order)}?lang=de")
    outlook = ticket.locator("order-outlook")

    async def told(low_s: int, high_s: int) -> None:
        line = {"ahead": 3, "ready_in_s": [low_s, high_s]}
        await outlook.evaluate("(outlook, line) => outlook.show(line)", line)

    await told(140, 241)
    await expect(outlook).to_contain_text("Platz in der Reihe 4")
    await expect(outlook).to_contain_text("Fertig in 2\N{EN DASH}5 Minuten")
    await told(1, 59)
    await expect(outlook).to_contain_text("höchstens 60 Sekunden")
    await told(0, 2)
    await expect(outlook.locator("[data-ready]")).to_be_hidden()
    await expect(outlook.locator("[data-place]")).to_be_visible()


async def test_the_result_comes_with_the_meal(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """What the recipe returned appears, live, under the dish's name in the customer's language."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, f"{path_of(order)}?lang=es")
    await expect(ticket.locator("[data-result]")).to_be_hidden()
    await cooked(book, order, result={"nuggets-6": {"core": 74}})
    await expect(ticket.locator("[data-result]")).to_contain_text("6 nuggets de pollo")
    await expect(ticket.locator("[data-result]")).to_contain_text("core: 74")


async def test_ready_is_heard_and_felt_once(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Until the page is touched it says that it is mute; then Ready chimes and vibrates, one time."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), init_script=NOTE_CALLS)
    await says(ticket, "Tap to allow sound")
    await ticket.locator("[data-sound]").click()
    await says(ticket, "Sound is on")
    await ticket.evaluate("window.calls.length = 0")
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert 1 == len([call for call in await calls(ticket) if call.startswith("vibrate")])
    assert "tone" in await calls(ticket)
    await expect(ticket.locator("ticket-call")).to_be_hidden()
    heard = await calls(ticket)
    await ticket.reload()
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert [] == await calls(ticket), heard


async def test_who_wants_silence_has_it(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Sound that was turned off stays off, for this order and the next one on this phone."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), init_script=NOTE_CALLS)
    sound = ticket.locator("[data-sound]")
    await sound.click()
    await says(ticket, "Sound is on")
    await sound.click()
    await says(ticket, "Sound is off")
    await ticket.reload()
    await says(ticket, "Sound is off")
    await listening(ticket)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert [] == await calls(ticket)


async def test_a_notification_comes_if_it_was_asked_for(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Nobody is asked before pressing the button; then Ready, and Please ask, are notified."""
    order = await book.place(MEAL)
    ticket = await open_page(
        counter.address, path_of(order), init_script=NOTE_CALLS, permissions=["notifications"]
    )
    message = ticket.locator("[data-message]")
    await says(ticket, "Send me a notification too")
    await message.click()
    await says(ticket, "You will get a notification")
    await ticket.reload()
    await says(ticket, "You will get a notification")
    await listening(ticket)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert f"message {order.reference} · Ready" in await calls(ticket)


async def test_a_phone_that_shows_notifications_by_a_service_worker_only(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Chrome on Android has no constructor for them; there the worker shows it."""
    order = await book.place(MEAL)
    android = """
    window.Notification = class { constructor() { throw new TypeError("Illegal constructor"); }
      static permission = "granted"; static requestPermission = async () => "granted"; };
    window.calls = [];
    ServiceWorkerRegistration.prototype.showNotification =
      async function (title) { window.calls.push(`${this.active?.state} ${title}`); };
    """
    ticket = await open_page(counter.address, path_of(order), init_script=android)
    await ticket.locator("[data-message]").click()
    await says(ticket, "You will get a notification")
    await ticket.evaluate(
        "async () => { const [it] = await navigator.serviceWorker.getRegistrations();"
        " const worker = it.active ?? it.waiting ?? it.installing;"
        " while (worker.state !== 'activated')"
        " await new Promise((done) => worker.addEventListener('statechange', done, { once: true })); }"
    )
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert [f"activated {order.reference} · Ready"] == await calls(ticket)


async def test_a_refused_notification_is_told_and_changes_nothing(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """The button says that the browser blocks them; Ready is shown all the same."""
    order = await book.place(MEAL)
    denied = """
    Object.defineProperty(Notification, 'permission', { get: () => window.answered ?? 'default' });
    Notification.requestPermission = async () => (window.answered = 'denied');
    """
    ticket = await open_page(counter.address, path_of(order), init_script=denied)
    await ticket.locator("[data-message]").click()
    await says(ticket, "This browser blocks notifications")
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")


async def test_over_http_no_notification_is_offered(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """On a local network's name there is no secure context; all else works, sound included."""
    order = await book.place(MEAL)
    address = counter.address.replace("127.0.0.1", "counter.test")
    ticket = await open_page(address, path_of(order), viewport=PHONE)
    assert not await ticket.evaluate("isSecureContext")
    await expect(ticket.locator("[data-message]")).to_be_hidden()
    await ticket.locator("[data-sound]").click()
    await says(ticket, "Sound is on")
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")


async def test_a_phone_that_slept_tells_the_truth_when_it_wakes(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Its connection has died in silence and the world has moved on; it asks anew at once."""
    order = await book.place(MEAL)
    async with Proxy(int(counter.address.rpartition(":")[2])) as network:
        address = f"http://127.0.0.1:{network.port}"
        ticket = await open_page(address, path_of(order), viewport=PHONE, init_script=EAR)
        await listening(ticket)
        network.cut()  # or the browser would ask on a connection that it kept, dead too
        await expect(ticket.locator("blind-notice")).to_be_visible()
        await expect(ticket.locator("blind-notice")).to_be_hidden(timeout=LIMIT_MS)
        network.swallow()
        await cooked(book, order)
        network.heal()
        await expect(ticket.locator("[data-state]")).to_contain_text("In line")
        await ticket.evaluate(
            "() => { const now = Date.now; Date.now = () => now() + 7_000;"  # more than a heartbeat
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready", timeout=2_500)
        await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_a_meal_collected_while_the_phone_slept_is_not_called_ready(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Its stream is over and will not come back; the page asks, and says what has become of it."""
    order = await book.place(MEAL)
    async with Proxy(int(counter.address.rpartition(":")[2])) as network:
        address = f"http://127.0.0.1:{network.port}"
        ticket = await open_page(address, path_of(order), viewport=PHONE, init_script=EAR)
        await listening(ticket)
        await cooked(book, order)
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
        network.swallow()
        await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
        network.cut()
        network.heal()
        await ticket.evaluate(
            "() => { const now = Date.now; Date.now = () => now() + 20_000;"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        await expect(ticket.locator("[data-state]")).to_contain_text("Collected", timeout=LIMIT_MS)


async def test_a_meal_called_back_while_the_phone_slept_is_ready_again(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """The stream has ended with the order; whoever looks at the page again sees what it is now."""
    order = await book.place(MEAL)
    await cooked(book, order)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    ticket = await open_page(counter.address, path_of(order))
    await expect(ticket.locator("[data-state]")).to_contain_text("Collected")
    await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    await ticket.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")


@pytest.mark.parametrize("by_ms", [3_600_000, -3_600_000])
async def test_a_clock_that_is_set_makes_no_lie(
    counter: Restaurant, book: OrderBook, open_page: OpenPage, by_ms: int
) -> None:
    """An hour forth or back: the page goes on to tell what its order is."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), init_script=EAR)
    await listening(ticket)
    await ticket.evaluate("by => { const now = Date.now; Date.now = () => now() + by; }", by_ms)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_a_restarted_server_does_not_lose_the_customer(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """While nobody answers the page says that it is not live, with no estimate; then it goes on."""
    async with book_of(own_restaurant) as book:
        await book.crew.choose("people")
        order = await book.place(MEAL)
        ticket = await open_page(own_restaurant.address, path_of(order))
        await expect(ticket.locator("[data-place]")).to_be_visible()
        launcher = own_restaurant.find(" open ")
        assert launcher is not None
        os.kill(launcher, signal.SIGSTOP)  # so that nobody starts it again yet
        own_restaurant.kill(" web ")
        await expect(ticket.locator("blind-notice")).to_be_visible()
        await expect(ticket.locator("order-outlook")).to_be_hidden()
        assert [] == await violations(ticket)
        await cooked(book, order)
        os.kill(launcher, signal.SIGCONT)
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
        await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_an_order_that_is_not_known_any_more_is_called_unknown(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """After the data were lost no page goes on to say that somebody cooks."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), init_script=EAR)
    await listening(ticket)
    await book._gateway.command("DEL", f"{book.keys.prefix}order:{order.id}")
    touched = f'{{"touched": "{order.id}"}}'
    await book._gateway.command("PUBLISH", book.keys.changes, touched)
    await ticket.evaluate("() => { const now = Date.now; Date.now = () => now() + 600_000; }")
    await expect(ticket.locator("main")).to_contain_text("Unknown order")


async def test_cancelling_takes_a_second_tap(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """By keyboard, with JavaScript off, on a phone: the question first, then it is cancelled."""
    order = await book.place(MEAL)
    ticket = await open_page(
        counter.address, path_of(order), viewport=PHONE, java_script_enabled=False
    )
    yes = ticket.get_by_role("button", name="Yes, cancel it")
    await expect(yes).to_be_hidden()
    await ticket.locator(".cancel summary").focus()
    await ticket.keyboard.press("Enter")
    await expect(ticket.locator(".cancel")).to_contain_text(
        f"Your number {order.reference} will not"
    )
    assert Status.PENDING is (await book.order(order.id)).status
    await ticket.keyboard.press("Tab")
    await expect(yes).to_be_focused()
    await ticket.keyboard.press("Enter")
    await expect(ticket.locator("[data-state]")).to_contain_text("Cancelled")
    assert Status.REVOKED is (await book.order(order.id)).status


async def test_cancelling_is_offered_only_while_it_waits(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """The moment a cook has it, the button is gone."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order))
    await expect(ticket.locator(".cancel")).to_be_visible()
    await book.start(order.id, 1, "anna")
    await expect(ticket.locator(".cancel")).to_be_hidden()


async def test_the_receipt_fits_the_roll(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """80 mm wide, one page as long as it needs to be, black on white: number, dishes, total, code."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), viewport=PHONE)
    printed = (await ticket.pdf(prefer_css_page_size=True)).decode("latin-1")
    assert 1 == len(re.findall(r"/Type\s*/Page\b", printed))
    width_pt, height_pt = map(float, re.findall(r"/MediaBox\s*\[0 0 (\S+) (\S+)\]", printed)[0])
    assert 80 == round(width_pt / 72 * 25.4)
    assert 80 < height_pt / 72 * 25.4 < 160
    await ticket.set_viewport_size({"width": 272, "height": 800})  # 72 mm
    await ticket.emulate_media(media="print")
    for part in (".stub-number", ".lines", ".lines-total", ".qr svg"):
        await expect(ticket.locator(part)).to_be_visible()
    for part in (".ticket-actions", ".steps", "[data-state]", "ticket-call", "order-outlook"):
        await expect(ticket.locator(part)).to_be_hidden()
    stub = await ticket.locator(".stub").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert ["rgb(0, 0, 0)", "rgb(255, 255, 255)"] == stub
    box = await ticket.locator(".stub-number").bounding_box()
    assert box is not None
    assert box["height"] > 80  # more than 20 mm
    assert await ticket.evaluate("document.documentElement.scrollWidth") <= 272


async def test_the_print_button_prints(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """One tap calls the browser's print, which a kiosk answers without a question."""
    order = await book.place(MEAL)
    note = "window.calls = []; window.print = () => window.calls.push('print');"
    ticket = await open_page(counter.address, path_of(order), init_script=note)
    await ticket.get_by_role("button", name="Print").click()
    assert ["print"] == await calls(ticket)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_large_letters_break_nothing(
    counter: Restaurant, book: OrderBook, open_page: OpenPage, language: str
) -> None:
    """At 200 % on a phone, in both directions of writing: all in sight, nothing beyond the edge."""
    order = await book.place(MEAL)
    path = f"{path_of(order)}?lang={language}"
    ticket = await open_page(counter.address, path, viewport=PHONE)
    await expect(ticket.locator("[data-place]")).to_be_visible()
    await ticket.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await ticket.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [] == await violations(ticket)
    heights = await ticket.evaluate(
        "[...document.querySelectorAll('button, .button')].filter(e => e.checkVisibility())"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


async def test_the_page_is_true_without_javascript(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """State and place stand in the page, it looks again by itself, and offers no dead buttons."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), java_script_enabled=False)
    await expect(ticket.locator("[data-state]")).to_contain_text("In line")
    await expect(ticket.locator("[data-place] strong")).to_have_text(re.compile(r"^\d+$"))
    assert 1 == await ticket.locator("noscript meta[http-equiv=refresh]").count()
    for part in ("ticket-call", "[data-print]"):
        await expect(ticket.locator(part)).to_be_hidden()


async def test_nothing_moves_for_who_wants_no_motion(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Ready is told by word and colour, without an animation."""
    order = await book.place(MEAL)
    ticket = await open_page(
        counter.address, path_of(order), reduced_motion="reduce", init_script=EAR
    )
    await listening(ticket)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert 0 == await ticket.evaluate("document.getAnimations().length")


async def test_steps_appear_as_they_are_done(
    counter: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Live, each once, also those that a later attempt adds; what is shown twice stays as it is."""
    order = await book.place(MEAL)
    ticket = await open_page(counter.address, path_of(order), viewport=PHONE)
    steps = ticket.locator("[data-kept] li")
    meal = (await book.start(order.id, 1, "anna")).meal
    await book.keep_step(meal, "anna", 0, "season", None)
    await expect(steps).to_have_text(["season"])
    await book.retry(order.id, 1, "anna", "burnt", 0)
    meal = (await book.start(order.id, 2, "anna")).meal
    await book.keep_step(meal, "anna", 0, "roast", None)
    await expect(steps).to_have_text(["season", "roast"])
    assert [] == await violations(ticket)
