"""Cooking one order: the task `cook_order`, which arq runs for every slip.

It claims the order, cooks its dishes side by side and writes the outcome into the book. Any of it
may come to nothing because the order is no longer this cook's; then the slip is void, and that is all.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kitchen import recipes
from kitchen.cookbook import Cookbook
from kitchen.patience import patiently
from kitchen.standstill import Standstill
from kitchen.steps import Steps
from orders import logs
from orders.book import OrderBook
from orders.errors import BookUnavailable, OrderNotFound, TransitionRefused
from orders.model import Meal, Portion
from orders.settings import Settings

log = logging.getLogger("kitchen")

LONGEST_RETRY_S = 300.0
ERROR_CHARACTERS = 300


@dataclass(frozen=True)
class Cook:
    """Who cooks: a kitchen process, by a name of its own, with the book it writes into."""

    name: str
    book: OrderBook
    settings: Settings
    in_hand: set[str] = field(default_factory=set)  # ids of the orders that are being cooked
    claimed: dict[str, Meal] = field(default_factory=dict)  # started with their claim, by order id
    cookbook: Cookbook = field(default_factory=Cookbook)
    standstill: Standstill = field(default_factory=Standstill)


async def cook_order(ctx: dict[str, Any], order_id: str, attempt: int) -> None:
    """Cook the order in this attempt; arq's task, so `ctx` is arq's, with our Cook in it."""
    cook: Cook = ctx["cook"]
    cook.in_hand.add(order_id)
    logs.order_id.set(order_id)  # arq gives every job a task of its own
    try:
        meal = cook.claimed.pop(order_id, None)
        if meal is None or meal.attempt != attempt:
            meal = (await patiently(lambda: cook.book.start(order_id, attempt, cook.name))).meal
        await _cook_and_tell(cook, meal)
    except (OrderNotFound, TransitionRefused) as refusal:
        log.info("slip for attempt %d is void: %s", attempt, refusal)
    finally:
        cook.in_hand.discard(order_id)


async def _cook_and_tell(cook: Cook, meal: Meal) -> None:
    """Cook a started order and write how it ended. Raises TransitionRefused when it was taken away."""
    mine = (meal.order_id, meal.attempt, cook.name)
    try:
        async with asyncio.timeout(cook.settings.recipe_timeout_s):
            result = await _cook_dishes(cook, meal)
        await patiently(lambda: cook.book.finish(*mine, result, len(meal.portions)))
        log.info("%s ready, attempt %d: %s", meal.reference, meal.attempt, _listing(meal))
    except asyncio.CancelledError:  # this kitchen closes
        try:
            await asyncio.shield(cook.book.put_back(*mine))
            log.info("%s put back", meal.reference)
        except BookUnavailable:
            log.warning("%s cannot be put back; others will miss its cook", meal.reference)
        raise
    except TransitionRefused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a recipe raises is a failed attempt
        await _tell_failure(cook, meal, _innermost(error))


async def _tell_failure(cook: Cook, meal: Meal, error: BaseException) -> None:
    """Send a failed order back for another attempt, if another attempt can help."""
    mine = (meal.order_id, meal.attempt, cook.name)
    text, delay_ms = _told(error, cook.settings), _delay_ms(meal.attempt, cook.settings)
    if isinstance(error, recipes.Hopeless):
        failed = await patiently(lambda: cook.book.fail(*mine, text))
    else:
        failed = await patiently(lambda: cook.book.retry(*mine, text, delay_ms))
    log.warning("%s is %s, attempt %d: %s", meal.reference, failed.status, meal.attempt, text)


async def _cook_dishes(cook: Cook, meal: Meal) -> dict[str, object] | None:
    """Cook all dishes at the same time; what their recipes returned, by sku, or None.

    Raises ExceptionGroup when one fails, which stops the others.
    """
    results: dict[str, object] = {}
    done, reporting = 0, asyncio.Lock()  # one report at a time, or a later one is overtaken
    steps = Steps(cook.book, meal, cook.name)

    async def cook_dish(number: int, portion: Portion) -> None:
        nonlocal done
        dish = _dish(cook, meal, portion, partial(steps.take, number))
        result = await _by_recipe(portion.recipe, dish)
        if result is not None:
            results[portion.sku] = result
        async with reporting:
            done += 1
            if done < len(meal.portions):  # the last one is told by the end
                await _report(cook, meal, done, len(meal.portions))

    async with asyncio.TaskGroup() as dishes:
        for number, portion in enumerate(meal.portions):
            dishes.create_task(cook_dish(number, portion))
    if done < len(meal.portions):
        # A task group takes a task that cancelled itself for a finished one.
        raise RuntimeError("a recipe was cancelled from within")
    return results or None


async def _by_recipe(name: str, dish: recipes.Dish) -> object:
    """What the recipe returns. One that would end this whole kitchen has failed, and no more."""
    try:
        return await recipes.find(name)(dish)
    except SystemExit as error:
        raise RuntimeError(f"the recipe called sys.exit({error.code!r})") from error


def _dish(cook: Cook, meal: Meal, portion: Portion, keep: recipes.Keep) -> recipes.Dish:
    return recipes.Dish(
        sku=portion.sku,
        quantity=portion.quantity,
        cooking_s=portion.cooking_ms / 1000 / cook.settings.speed,
        order_id=meal.order_id,
        attempt=meal.attempt,
        mail_server=cook.settings.mail_server,
        today=cook.book.special.business_day,
        keep=keep,
    )


async def _report(cook: Cook, meal: Meal, done: int, of: int) -> None:
    """Tell the progress. It is worth no wait: the next report, or the end, makes up for a lost one."""
    try:
        await cook.book.report(meal.order_id, meal.attempt, cook.name, done, of)
    except BookUnavailable:
        return


def _delay_ms(attempt: int, settings: Settings) -> int:
    """Exponential backoff with jitter: between half and all of base · 2^(attempt - 1)."""
    longest_s = min(settings.retry_base_s * 2 ** (attempt - 1), LONGEST_RETRY_S)
    return int(random.uniform(longest_s / 2, longest_s) * 1000)  # noqa: S311 - jitter


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(error: BaseException, settings: Settings) -> str:
    """The error in one line, as staff read it."""
    if isinstance(error, TimeoutError) and not str(error):
        return f"not done within {settings.recipe_timeout_s:g} s"
    line = " ".join(f"{type(error).__name__}: {error}".split())[:ERROR_CHARACTERS]
    return line.encode(errors="replace").decode()  # a file's name may hold what is no text


def _listing(meal: Meal) -> str:
    return ", ".join(f"{portion.quantity} {portion.sku}" for portion in meal.portions)
