"""The schedule: what is done when, as the staff read it. Who does it is the crew's matter."""

from __future__ import annotations

from dataclasses import dataclass

from orders.business_day import Every


@dataclass(frozen=True, slots=True)
class Task:
    """`every`: with the business day that begins a day, week or month; `None`: all the time, by each
    kitchen.
    """

    name: str
    what: str
    every: Every | None


TASKS = (
    Task("collect", "Take from the board what nobody fetched, and free its numbers.", None),
    Task("sweep", "Look the whole book over for what does not fit together, and mend it.", None),
    Task("special", "Choose the special of the day.", "day"),
    Task("daily", "Order what the menu has for the beginning of the day.", "day"),
    Task("report", "Write the report of the business day that has ended.", "day"),
    Task("stock", "Write what was sold in the week that has ended.", "week"),
    Task("clean-up", "Erase the orders and reports that are kept no longer.", "month"),
)
BY_NAME = {task.name: task for task in TASKS}
