"""The ticket calls: by sound, by vibration, by a notification, if that is wanted."""

from __future__ import annotations

from playwright.async_api import expect

from orders.book import OrderBook
from tests.browser.conftest import OpenPage, Wait
from tests.browser.ticket import (
    MEAL,
    NOTE_CALLS,
    PHONE,
    calls,
    cooked,
    listening,
    path_of,
    says,
)
from tests.restaurant import Restaurant


async def test_ready_is_heard_and_felt_once(book: OrderBook, wait: Wait) -> None:
    """Until the page is touched it says that it is mute; then Ready chimes and vibrates, one time."""
    order, ticket = await wait(init_script=NOTE_CALLS)
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


async def test_who_wants_silence_has_it(book: OrderBook, wait: Wait) -> None:
    """Sound that was turned off stays off, for this order and the next one on this phone."""
    order, ticket = await wait(init_script=NOTE_CALLS)
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


async def test_a_notification_comes_if_it_was_asked_for(book: OrderBook, wait: Wait) -> None:
    """Nobody is asked before pressing the button; then Ready, and Please ask, are notified."""
    order, ticket = await wait(init_script=NOTE_CALLS, permissions=["notifications"])
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
    stove: Restaurant, book: OrderBook, open_page: OpenPage
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
    ticket = await open_page(stove.address, path_of(order), init_script=android)
    await ticket.locator("[data-message]").click()
    await says(ticket, "You will get a notification")
    await ticket.evaluate(
        "async () => { for (;;) { const [it] = await navigator.serviceWorker.getRegistrations();"
        " if (it?.active?.state === 'activated') return; await new Promise(requestAnimationFrame); } }"
    )
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert [f"activated {order.reference} · Ready"] == await calls(ticket)


async def test_a_refused_notification_is_told_and_changes_nothing(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """The button says that the browser blocks them; Ready is shown all the same."""
    order = await book.place(MEAL)
    denied = """
    Object.defineProperty(Notification, 'permission', { get: () => window.answered ?? 'default' });
    Notification.requestPermission = async () => (window.answered = 'denied');
    """
    ticket = await open_page(stove.address, path_of(order), init_script=denied)
    await ticket.locator("[data-message]").click()
    await says(ticket, "This browser blocks notifications")
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")


async def test_over_http_no_notification_is_offered(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """On a local network's name there is no secure context; all else works, sound included."""
    order = await book.place(MEAL)
    address = stove.address.replace("127.0.0.1", "counter.test")
    ticket = await open_page(address, path_of(order), viewport=PHONE)
    assert not await ticket.evaluate("isSecureContext")
    await expect(ticket.locator("[data-message]")).to_be_hidden()
    await ticket.locator("[data-sound]").click()
    await says(ticket, "Sound is on")
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
