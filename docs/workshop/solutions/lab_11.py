"""A second kitchen on the same book, without arq. It claims, cooks and tells; the book does the rest.

    python -m docs.workshop.solutions.lab_11

It may run beside `orderup kitchen`, or in its place. It looks five times a second, where the other
has a bell; it cooks one order at a time; and it does not watch over other cooks.
"""

from __future__ import annotations

import asyncio
import os

from kitchen import recipes
from orders.book import OrderBook
from orders.flags import command_of
from orders.model import Meal
from orders.settings import Settings

NAME = f"plain-{os.getpid()}"
LOOK_EVERY_S, BEAT_S, CLAIM_LASTS_MS = 0.2, 0.5, 600_000


async def main(settings: Settings) -> None:
    if settings.recipes is not None:
        recipes.also_look_in(settings.recipes)
    async with OrderBook(settings) as book, asyncio.TaskGroup() as both:
        both.create_task(beat(book))
        while True:
            claim = await book.claim(NAME, 1, CLAIM_LASTS_MS)
            for slip in claim.slips:
                if slip.meal is not None:
                    await cook(book, slip.meal, settings)
            await asyncio.sleep(0 if claim.slips else LOOK_EVERY_S)


async def cook(book: OrderBook, meal: Meal, settings: Settings) -> None:
    results: dict[str, object] = {}
    try:
        for portion in meal.portions:
            cooking_s = portion.cooking_ms / 1000 / settings.speed
            who = (portion.sku, portion.quantity, cooking_s, meal.order_id, meal.attempt)
            result = await recipes.find(portion.recipe)(recipes.Dish(*who))
            results |= {} if result is None else {portion.sku: result}
    except Exception as error:  # noqa: BLE001 - whatever a recipe raises is a failed attempt
        await book.retry(meal.order_id, meal.attempt, NAME, str(error), delay_ms=1000)
    else:
        await book.finish(meal.order_id, meal.attempt, NAME, results or None)


async def beat(book: OrderBook) -> None:
    for count in range(10**9):
        await book.crew.beat(NAME, {"beat": count, "cooks": 1})
        await asyncio.sleep(BEAT_S)


if __name__ == "__main__":
    command_of(main)()
