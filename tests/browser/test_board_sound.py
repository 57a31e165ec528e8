"""What the board says aloud: which tones are started and which words are given to the browser's voice.

Whether they sound well, a machine cannot judge. The voice is a recorder that says when it has ended,
since headless Chromium has none; the tones are the browser's own, written down when they start.
"""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.board import NEW, open_board
from tests.browser.conftest import OpenPage, launched
from tests.browser.hall import Hall

TONES_OF_A_CHIME = 6
RECORD_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""
RECORD_VOICE = """
  window.said = [];
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
  };
  const voice = (lang, localService) => ({lang, localService, name: `${lang} ${localService}`});
  const voices = [
    voice('en-GB', true), voice('de-AT', false), voice('de-DE', true), voice('ar-EG', false),
  ];
  Object.defineProperty(window, 'speechSynthesis', {value: {
    getVoices: () => voices, addEventListener() {}, cancel() {},
    speak(utterance) { window.said.push(utterance); },
  }});
  window.endSpeech = () => window.said.at(-1).dispatchEvent(new Event('end'));
"""


async def start(board: Page) -> None:
    await board.locator("[data-start]").click()
    await expect(board.locator("[data-test]")).to_be_visible()


async def said(board: Page, count: int) -> list[str]:
    """What was given to the voice, as soon as it is so much."""
    handle = await board.evaluate_handle(
        """async count => {
             while (window.said.length < count) await new Promise(requestAnimationFrame);
             return window.said.map(({text, lang, voice}) => `${voice?.name ?? lang}: ${text}`);
           }""",
        count,
    )
    words: list[str] = await handle.json_value()
    return words


async def test_a_board_is_marked_as_mute_until_somebody_touches_it(
    hall: Hall, open_page: OpenPage
) -> None:
    """The browser blocks sound, the board says so, and one key starts and another tests it."""
    board = await open_board(hall, open_page, "?lang=en", RECORD_TONES)
    sound = board.locator("board-sound > :visible")
    await expect(sound).to_have_text(["No sound until somebody touches the screen.", "Start board"])
    await board.get_by_role("button", name="Start board").press("Enter")
    await expect(sound).to_have_text(["Sound on", "Test sound"])
    test = board.get_by_role("button", name="Test sound")
    await expect(test).to_be_focused()
    assert 0 == await board.evaluate("window.tones")
    await test.press("Enter")
    assert TONES_OF_A_CHIME == await board.evaluate("window.tones")


async def test_a_new_number_is_chimed_once(hall: Hall, open_page: OpenPage) -> None:
    """The chime sounds when a number becomes ready, not when it is collected."""
    board = await open_board(hall, open_page, "", RECORD_TONES)
    await start(board)
    number = hall.ready()
    await expect(board.locator(NEW.format(number))).to_be_visible()
    assert TONES_OF_A_CHIME == await board.evaluate("window.tones")
    hall.leave(number)
    await expect(board.locator(NEW.format(number))).to_have_count(0)
    assert TONES_OF_A_CHIME == await board.evaluate("window.tones")


async def test_announcements_wait_for_each_other(hall: Hall, open_page: OpenPage) -> None:
    """One number is said at a time, none that has left meanwhile; the voice needs no chime."""
    board = await open_board(
        hall, open_page, "?lang=en&sound=off&voice=on", RECORD_TONES + RECORD_VOICE
    )
    await start(board)
    first, second, third = hall.ready(), hall.ready(), hall.ready()
    await expect(board.locator(NEW.format(third))).to_be_visible()
    assert [f"en-GB true: Number {first} is ready."] == await said(board, 1)
    hall.leave(second)
    await expect(board.locator(NEW.format(second))).to_have_count(0)
    assert 1 == len(await said(board, 1))
    await board.evaluate("window.endSpeech()")
    assert f"en-GB true: Number {third} is ready." == (await said(board, 2))[-1]
    assert 0 == await board.evaluate("window.tones")


async def test_the_voice_speaks_the_language_of_the_board(hall: Hall, open_page: OpenPage) -> None:
    """A voice of this machine in that language; in English where there is none for it here."""
    german = await open_board(
        hall, open_page, "?lang=de&sound=off&voice=on", RECORD_TONES + RECORD_VOICE
    )
    arabic = await open_board(
        hall, open_page, "?lang=ar&sound=off&voice=on", RECORD_TONES + RECORD_VOICE
    )
    await start(german)
    await start(arabic)
    number = hall.ready()
    assert [f"de-DE true: Nummer {number} ist fertig."] == await said(german, 1)
    assert [f"en-GB true: Number {number} is ready."] == await said(arabic, 1)


async def test_a_board_without_a_voice_says_so(hall: Hall, open_page: OpenPage) -> None:
    """Who switched the voice on sees that this browser has none; a board without sound is marked."""
    board = await open_board(hall, open_page, "?lang=en&sound=off&voice=on", RECORD_TONES)
    await start(board)
    await expect(board.locator("[data-voiceless]")).to_be_visible()
    mute = await open_board(hall, open_page, "?lang=en&sound=off", RECORD_TONES)
    await expect(mute.locator("board-sound > :visible")).to_have_text("Silent")


async def test_a_browser_started_for_it_sounds_without_a_touch(hall: Hall) -> None:
    """With the flag that docs/counter.md names nobody has to press Start board."""
    async with launched("--autoplay-policy=no-user-gesture-required") as browser:
        page = await browser.new_page()
        await page.goto(f"{hall.address}/board?lang=en")
        await expect(page.locator("board-sound > :visible")).to_have_text(
            ["Sound on", "Test sound"]
        )
