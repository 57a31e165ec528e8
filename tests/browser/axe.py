"""axe-core, run in the page: which rules of WCAG 2.2 A and AA does it break?

The script is the one that the wheel carries. It is run through the debugging protocol, which a page's
Content-Security-Policy does not forbid.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SOURCE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """Each violation with the elements that it was found on; an empty list is what is wanted."""
    await page.evaluate(f"() => {{ {SOURCE} }}")
    found: dict[str, Any] = await page.evaluate(
        "values => axe.run(document, {runOnly: {type: 'tag', values}, resultTypes: ['violations']})",
        RULES,
    )
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
