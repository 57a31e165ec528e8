"""The board as the hall sees it: how large, where, for how long, in which colours, and what is new."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.board import ASK, LIVE, NEW, PREPARING, READY, TELEVISION, open_board
from tests.browser.clock import stop_animations, stop_clock
from tests.browser.conftest import OpenPage
from tests.browser.hall import Hall
from tests.browser.sizes import SIZES

LONGER_THAN_IT_BLINKS_MS = 6_000


async def test_pages_turn_when_there_are_too_many(hall: Hall, open_page: OpenPage) -> None:
    """Of 25 ready numbers each is seen in turn; the page says how many more there are."""
    board = await open_board(hall, open_page, viewport=TELEVISION)
    first, *_, last = [hall.ready() for _ in range(25)]
    await expect(board.locator(".ready .led-more")).to_contain_text("+6 more")
    await expect(board.locator(READY.format(last))).to_be_visible()  # the newest come first
    await expect(board.locator(READY.format(first))).to_have_count(0)
    await stop_clock(board)
    await board.reload()
    await expect(board.locator(LIVE)).to_be_visible()
    await expect(board.locator(READY.format(first))).to_be_visible()
    await expect(board.locator(".ready .led-more")).to_contain_text("1/2")
    await board.clock.run_for(8_000)
    await expect(board.locator(READY.format(last))).to_be_visible()
    await expect(board.locator(".ready .led-more")).to_contain_text("2/2")


async def test_in_a_rush_the_oldest_numbers_have_their_turn(
    hall: Hall, open_page: OpenPage
) -> None:
    """A new number is shown at once, but the next one waits until every page has been shown."""
    board = await open_board(hall, open_page, viewport=TELEVISION)
    first, *_, last = [hall.ready() for _ in range(25)]
    await expect(board.locator(READY.format(last))).to_be_visible()
    await stop_clock(board)
    await board.reload()
    await expect(board.locator(LIVE)).to_be_visible()
    await expect(board.locator(READY.format(first))).to_be_visible()
    await expect(board.locator(READY.format(hall.ready()))).to_be_visible()
    await board.clock.run_for(4_000)
    await expect(board.locator(READY.format(hall.ready()))).to_be_visible()
    await board.clock.run_for(4_500)
    await expect(board.locator(READY.format(first))).to_be_visible()


async def test_a_new_number_blinks_for_a_moment_and_stays_framed(
    hall: Hall, open_page: OpenPage
) -> None:
    """It blinks for less than five seconds, fewer than three times in each, and then stands out."""
    board = await open_board(hall, open_page)
    await stop_animations(board)  # or it may be over before it is looked at
    new = board.locator(NEW.format(hall.ready()))
    await expect(new).to_be_visible()
    timing: dict[str, Any] = await new.evaluate(
        "e => { const {duration, iterations} = e.getAnimations()[0].effect.getComputedTiming();"
        " return {duration, iterations}; }"
    )
    assert timing["duration"] * timing["iterations"] < 5_000
    assert 1_000 / timing["duration"] < 3
    await new.evaluate("e => e.getAnimations()[0].finish()")
    assert "rgba(0, 0, 0, 0)" != await new.evaluate("e => getComputedStyle(e).borderTopColor")
    later = hall.ready()
    await expect(board.locator(NEW.format(later))).to_be_visible()
    await expect(new).to_be_visible()


async def test_an_old_number_does_not_blink_again_after_an_interruption(
    hall: Hall, open_page: OpenPage
) -> None:
    """It was called long ago, and nobody is called now."""
    board = await open_board(hall, open_page)
    await board.clock.install()
    new = board.locator(NEW.format(hall.ready()))
    await expect(new).to_be_visible()
    await new.evaluate("e => e.getAnimations().forEach(animation => animation.finish())")
    await board.clock.fast_forward(LONGER_THAN_IT_BLINKS_MS)
    await board.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(board.locator(LIVE)).to_be_visible()
    assert 0 == await new.evaluate("e => e.getAnimations().length")


async def test_with_reduced_motion_an_outline_stands_for_the_blinking(
    hall: Hall, open_page: OpenPage
) -> None:
    """Nothing moves; the new number has an outline of its own."""
    board = await open_board(hall, open_page, reduced_motion="reduce")
    new = board.locator(NEW.format(hall.ready()))
    await expect(new).to_be_visible()
    assert 0 == await board.evaluate("document.getAnimations().length")
    assert "dashed" == await new.evaluate("e => getComputedStyle(e).outlineStyle")


async def test_the_strip_tells_the_last_called_numbers(hall: Hall, open_page: OpenPage) -> None:
    """The newest comes first, and a number stays there when its meal was collected."""
    older = hall.ready()
    board = await open_board(hall, open_page)
    strip = board.locator("[data-called] li")
    await expect(strip).to_have_text([older])
    newer = hall.ready()
    await expect(strip).to_have_text([newer, older])
    hall.leave(newer)
    await expect(board.locator(READY.format(newer))).to_have_count(0)
    await expect(strip).to_have_text([newer, older])


async def test_please_ask_stays_until_staff_close_it(hall: Hall, open_page: OpenPage) -> None:
    """A number that failed is there with its word, and for who opens the board later too."""
    board = await open_board(hall, open_page)
    number = hall.failed()
    await expect(board.locator(ASK.format(number))).to_be_visible()
    await expect(board.locator("[data-news]")).to_have_text(f"{number}: please ask at the counter")
    await board.reload()
    await expect(board.locator(ASK.format(number))).to_be_visible()
    hall.leave(number)
    await expect(board.locator(".ask")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "ready_is_left"),
    [("", False), ("?lang=ar", True), ("?counter=left", True), ("?lang=ar&counter=right", False)],
)
async def test_ready_stands_on_the_side_of_the_counter(
    hall: Hall, open_page: OpenPage, query: str, ready_is_left: bool
) -> None:
    """Where the set-up says nothing, it is the side where the lines of the language end."""
    board = await open_board(hall, open_page, query, viewport=TELEVISION)
    ready = await board.locator(".ready").bounding_box()
    preparing = await board.locator(".preparing").bounding_box()
    assert ready is not None
    assert preparing is not None
    assert ready_is_left is (ready["x"] < preparing["x"])


async def test_high_contrast_by_choice_and_by_the_system(hall: Hall, open_page: OpenPage) -> None:
    """The theme, and a system that asks for more contrast, give white on black."""
    hall.ready()
    for query, contrast in (("?theme=contrast", "no-preference"), ("", "more")):
        board = await open_board(hall, open_page, query, contrast=contrast)
        lit = board.locator(f"{LIVE} .ready .led-lit").first
        assert "rgb(255, 255, 255)" == await lit.evaluate("e => getComputedStyle(e).fill")


@pytest.mark.parametrize("theme", ["led", pytest.param("contrast", marks=pytest.mark.long)])
async def test_axe_finds_nothing_on_a_full_board(
    hall: Hall, open_page: OpenPage, theme: str
) -> None:
    """With numbers in every place, a new one, more than fit, and blind."""
    for _ in range(21):
        hall.ready()
    hall.failed()
    hall.preparing()
    board = await open_board(hall, open_page, f"?theme={theme}", viewport=TELEVISION)
    await expect(board.locator(NEW.format(hall.ready()))).to_be_visible()
    assert [] == await violations(board)
    await board.evaluate(
        "document.querySelector('blind-notice').show(5000);"
        " document.querySelector('led-board').toggleAttribute('data-blind', true)"
    )
    assert [] == await violations(board)


async def test_without_javascript_the_board_tells_the_truth(
    hall: Hall, open_page: OpenPage
) -> None:
    """Numbers, what more there are, the strip, and that it is silent; it asks again by itself."""
    asked, preparing = hall.failed(), hall.preparing()
    ready = [hall.ready() for _ in range(21)]
    board = await open_page(hall.address, "/board", java_script_enabled=False)
    await expect(board.locator(".ready > .led-numbers [data-reference]")).to_have_count(19)
    await expect(board.locator(".ready .led-more")).to_contain_text("+2 more")
    await expect(board.locator(ASK.format(asked))).to_be_visible()
    await expect(board.locator(PREPARING.format(preparing))).to_be_visible()
    await expect(board.locator("[data-called] li").first).to_have_text(ready[-1])
    await expect(board.locator("board-sound > :visible")).to_have_text("Silent")
    assert 1 == await board.locator("noscript meta[http-equiv=refresh]").count()


async def test_the_set_up_gives_an_address_and_tells_how_far_it_can_be_read(
    hall: Hall, open_page: OpenPage
) -> None:
    """What is chosen stands in the address, which opens such a board; sizes follow the television."""
    setup = await open_page(
        hall.address, "/board/setup?lang=en", java_script_enabled=False, viewport=SIZES["phone"]
    )
    await expect(setup.locator("tbody tr").first).to_contain_text("16 m")
    await setup.get_by_label("in inches").fill("86")
    await setup.get_by_label("Language of the board").select_option("de")
    await setup.get_by_label("High contrast").check()
    await setup.get_by_label("On the left").check()
    await setup.get_by_role("button", name="Show the address").click()
    await expect(setup.locator("tbody tr").first).to_contain_text("33 m")
    await expect(setup.locator(".setup-address")).to_be_in_viewport()
    address = await setup.locator(".setup-address").inner_text()
    assert address.endswith("/board?lang=de&theme=contrast&counter=left")
    await setup.get_by_role("link", name="Open the board here").click()
    await expect(setup.locator(".high-contrast .ready-first h1")).to_have_text("Bestellanzeige")
