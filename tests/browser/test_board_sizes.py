"""How large the board's numbers are, and that all of it is on the screen, whatever its size."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.board import ASK, PREPARING, READY, TELEVISION, open_board
from tests.browser.conftest import OpenPage
from tests.browser.hall import Hall
from tests.browser.sizes import PROJECTOR, SIZES
from web.television import PREPARING_STEPS, READY_STEPS
from web.texts import languages

HEIGHTS = """selector => [...document.querySelectorAll(selector)].map(number => {
  const box = number.getBoundingClientRect(), drawn = number.viewBox.baseVal;
  return Math.min(box.height, box.width * drawn.height / drawn.width) / innerHeight;
})"""
# Each number as it will be when there are a thousand.
LONGER = """async () => {
  const { ledNumber } = await import('/static/js/led-figures.js');
  document.querySelectorAll('.led-number').forEach(number => number.replaceWith(ledNumber('1888')));
}"""


async def share(board: Page, column: str) -> float:
    """How much of the screen's height the smallest digits of a column are."""
    heights: list[float] = await board.evaluate(HEIGHTS, f"{column} > .led-numbers .led-number")
    return min(heights)


async def test_numbers_shrink_in_the_steps_that_the_set_up_page_names(
    hall: Hall, open_page: OpenPage
) -> None:
    """On a television six ready numbers are a fifth of its height, beside a number to ask about too."""
    board = await open_board(hall, open_page, viewport=TELEVISION)
    hall.failed()
    numbers = board.locator(".ready > .led-numbers [data-reference]")
    for most, expected in READY_STEPS.items():
        while await numbers.count() < most:
            await expect(board.locator(READY.format(hall.ready()))).to_be_visible()
        assert await share(board, ".ready") >= expected


async def test_ready_numbers_of_four_digits_are_as_high(hall: Hall, open_page: OpenPage) -> None:
    """A counter with hundreds of orders gives longer numbers, and Ready takes more of the width."""
    board = await open_board(hall, open_page, viewport=TELEVISION)
    hall.failed()
    for number in [hall.preparing(), *(hall.ready() for _ in range(6))]:
        await expect(board.locator(f"[data-reference='{number}']").first).to_be_visible()
    await board.evaluate(LONGER)
    assert await share(board, ".ready") >= READY_STEPS[6]
    assert [] == await board.evaluate(MISPLACED)


async def test_preparing_shrinks_in_its_steps(hall: Hall, open_page: OpenPage) -> None:
    """The steps of Preparing are as large as the set-up page says."""
    board = await open_board(hall, open_page, viewport=TELEVISION)
    placed = 0
    for most, expected in PREPARING_STEPS.items():
        numbers = [hall.preparing() for _ in range(most - placed)]
        placed = most
        await expect(board.locator(PREPARING.format(numbers[-1]))).to_be_visible()
        assert await share(board, ".preparing") >= expected


# What reaches out of the screen, or lies over another part of the board. The strip may show fewer.
MISPLACED = """() => {
  const box = part => part.getBoundingClientRect();
  const parts = [...document.querySelectorAll('.led-column, .led-foot')];
  const inside = '.led-column li, .led-heading, .led-foot :is(button, a)';
  const out = [...document.querySelectorAll(inside)]
    .filter(part => part.checkVisibility())
    .filter(part => {
      const {left, right, top, bottom} = box(part), outer = box(part.closest('.led-column, .led-foot'));
      return left < -1 || right > innerWidth + 1 || bottom > outer.bottom + 2 || top < outer.top - 2;
    });
  const apart = (a, b) => a.bottom <= b.top + 1 || a.right <= b.left + 1;
  const meet = (a, b) => a !== b && !apart(box(a), box(b)) && !apart(box(b), box(a));
  const over = parts.filter(a => parts.some(b => meet(a, b)));
  return [...out, ...over].map(part => part.outerHTML.slice(0, 120));
}"""


async def fill(hall: Hall, board: Page) -> None:
    for _ in range(21):
        hall.ready()
    for _ in range(33):
        hall.preparing()
    await expect(board.locator(ASK.format(hall.failed()))).to_be_visible()


@pytest.mark.parametrize("size", [pytest.param("phone", marks=pytest.mark.long), "tablet"])
async def test_twice_as_large_letters_break_nothing(
    hall: Hall, open_page: OpenPage, size: str
) -> None:
    """With 200 % text every number and every button is still on the screen, one beside the other."""
    board = await open_board(hall, open_page, viewport=SIZES[size])
    await fill(hall, board)
    assert [] == await board.evaluate(MISPLACED)
    await board.evaluate("document.documentElement.style.fontSize = '200%'")
    assert [] == await board.evaluate(MISPLACED)


async def test_the_foot_takes_one_line(hall: Hall, open_page: OpenPage) -> None:
    """With long words and a full strip of called numbers no line is taken from the numbers above."""
    for _ in range(8):
        hall.ready()
    board = await open_board(hall, open_page, "?lang=de", viewport=PROJECTOR)
    middles = await board.evaluate(
        "[...document.querySelectorAll('.led-foot > *')].map(part => part.getBoundingClientRect())"
        ".map(box => Math.round((box.top + box.bottom) / 2))"
    )
    assert 3 == len(middles)
    assert max(middles) - min(middles) <= 1
    assert await board.locator("[data-called] li").first.is_visible()


@pytest.mark.long
@pytest.mark.parametrize("theme", ["led", "contrast"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_board_at_every_size(
    hall: Hall, open_page: OpenPage, size: str, theme: str
) -> None:
    """In each language a full board breaks no rule, and all of it is on the screen."""
    board = await open_board(hall, open_page, viewport=SIZES[size])
    await fill(hall, board)
    for language in languages():
        query = f"?lang={language}&theme={theme}"
        board = await open_board(hall, open_page, query, viewport=SIZES[size])
        assert [] == await board.evaluate(MISPLACED), language
        assert [] == await violations(board), language
