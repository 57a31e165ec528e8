"""Claims whose answers, or who themselves, come late; and the bell, which rings for whoever is free."""

from __future__ import annotations

from redis.asyncio import Redis

from orders.book import OrderBook
from tests.conftest import NUGGETS

LASTS_MS = 60_000


async def test_a_full_claim_leaves_the_bell_to_the_others(book: OrderBook, raw: Redis) -> None:
    """Who took all he can carry may have left something; who found no more has answered every ring."""
    for _ in range(2):
        await book.place(NUGGETS)
    await book.claim("anna", 1, LASTS_MS)
    assert await raw.llen(book.keys.bell)
    await book.claim("bob", 2, LASTS_MS)
    assert not await raw.llen(book.keys.bell)


async def test_a_claim_whose_answer_was_lost_is_answered_again(book: OrderBook) -> None:
    """With the same number it gets the same slips, and what it has still room for."""
    first = await book.place(NUGGETS)
    before = await book.claim("anna", 1, LASTS_MS, 1)
    second = await book.place(NUGGETS)
    again = await book.claim("anna", 2, LASTS_MS, 1)
    assert before.slips[0].job_id == again.slips[0].job_id
    assert f":{second.id}:" in again.slips[1].job_id
    assert {first.id: "anna", second.id: "anna"} == await book.crew.cooking()


async def test_a_claim_that_comes_late_takes_nothing(book: OrderBook) -> None:
    """Over a connection given up long ago: nobody waits for its answer, so the slip is another's."""
    await book.place(NUGGETS)
    await book.claim("anna", 1, LASTS_MS, 2)
    order = await book.place(NUGGETS)
    assert () == (await book.claim("anna", 1, LASTS_MS, 1)).slips
    [slip] = (await book.claim("bob", 1, LASTS_MS)).slips
    assert f":{order.id}:" in slip.job_id
