"""The customer at the command line, while cooks come and go."""

from __future__ import annotations

from orders.book import OrderBook

from .house import House, Process, eventually


async def test_a_second_attempt_is_told_though_nobody_saw_the_retry(
    house: House, book: OrderBook
) -> None:
    """What happens between two frames of the stream is one change: STARTED, and STARTED again."""
    web = await house.web()
    customer = house.start("order", "gated", "--url", web.url)
    order_id = (await eventually(lambda: _told(customer, "PENDING"))).split()[-1]
    await book.start(order_id, 1, "anna")
    await eventually(lambda: _told(customer, "STARTED"))
    web.process.pause()
    await book.give_up(order_id, "anna")
    await book.start(order_id, 2, "bob")
    web.process.resume()
    await eventually(lambda: _told(customer, "attempt 2"), 10)
    await book.finish(order_id, 2, "bob")
    assert 0 == await customer.exit_code()
    assert ["PENDING", "STARTED", "STARTED", "SUCCESS"] == [
        line.split()[3] for line in customer.log.splitlines() if order_id in line
    ]


def _told(customer: Process, words: str) -> str | None:
    """The line with these words, when it is there."""
    return next((line for line in customer.log.splitlines() if words in line), None)
