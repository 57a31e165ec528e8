"""A page's own clock, where a test must not depend on how long things take."""

from __future__ import annotations

import time

from playwright.async_api import Page


async def stop_clock(page: Page) -> None:
    """From now on time passes on the page only when a test lets it; timers of before go on."""
    await page.clock.install()
    await page.clock.pause_at(time.time() + 60)  # later than any time that it has shown


async def stop_animations(page: Page) -> None:
    """From now on no animation goes on."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("Animation.setPlaybackRate", {"playbackRate": 0})
