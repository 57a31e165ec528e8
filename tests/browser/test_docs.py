"""The page about the API: Swagger UI under our Content-Security-Policy, and a list without it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.restaurant import Restaurant

COMPLAINTS = """window.complaints = [];
document.addEventListener("securitypolicyviolation", event => window.complaints.push(
  `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


async def complaints(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("window.complaints")
    return found


async def try_out(page: Page, name: str, status: str) -> None:
    """Try an operation as it stands there; Swagger UI shows this status."""
    block = page.locator(f"[id$='-{name}']")
    await block.locator(".opblock-summary-control").click()
    await block.get_by_role("button", name="Try it out").click()
    await block.get_by_role("button", name="Execute").click()
    told = block.locator(".live-responses-table tbody .response-col_status").first
    await expect(told).to_contain_text(status)


async def test_calls_can_be_tried_as_anybody_and_as_staff(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Swagger UI takes the list's place, breaks no rule of ours, and sends what it is told to."""
    page = await open_page(restaurant.address, "/docs", init_script=COMPLAINTS)
    await expect(page.locator(".opblock").first).to_be_visible()
    await expect(page.locator(".docs-list")).to_be_hidden()
    await try_out(page, "place_order", "201")
    await try_out(page, "list_orders", "401")
    await page.get_by_role("button", name="Authorize").first.click()
    await page.get_by_label("auth-bearer-value").fill("1234")
    await page.get_by_role("button", name="Apply credentials").first.click()
    await page.get_by_role("button", name="Close").first.click()
    block = page.locator("[id$='-list_orders']")
    await block.get_by_role("button", name="Execute").click()
    await expect(
        block.locator(".live-responses-table tbody .response-col_status").first
    ).to_contain_text("200")
    assert [] == await complaints(page)


async def test_without_javascript_there_is_a_list(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Every operation with method, path and what it is for."""
    page = await open_page(restaurant.address, "/docs", java_script_enabled=False)
    await expect(page.get_by_text("Place an order", exact=True)).to_be_visible()
    await expect(page.locator(".docs-list li")).not_to_have_count(0)


async def test_the_list_can_be_read_by_everybody(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """When Swagger UI does not come: nothing for axe to find."""
    page = await open_page(restaurant.address, "/healthz")
    await page.route("**/swagger-ui*.js", lambda route: route.abort())
    await page.goto(f"{restaurant.address}/docs")
    await expect(page.locator(".docs-list")).to_be_visible()
    assert [] == await violations(page)
