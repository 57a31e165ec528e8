"""What `orderup open --workshop` changes of the settings: a store of its own, in a folder of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from orders.menu import MENU_FILE
from orders.settings import Settings
from web.workshop.counter import Recipe

STORE = "workshop"
COLLECT_S = 60.0
INVITATION = "ORDERUP_INVITATION"
HATCH = "ORDERUP_HATCH"


@dataclass(frozen=True)
class Staging:
    """What makes a web server the workshop's: its end of the line to the launcher, a descriptor; the
    recipe by which its cashier cooks; the invitation that makes a learner a cook; and the Redis URL
    for laptops, where others can come in at all.
    """

    line: int
    cook: Recipe
    invitation: str
    hatch: str | None


def staging(line: int, cook: Recipe) -> Staging:
    """What is secret comes by the environment, where nobody but us can read it (house.py)."""
    return Staging(line, cook, os.environ[INVITATION], os.environ.get(HATCH))


def for_workshop(settings: Settings) -> Settings:
    """The settings of the workshop. Real orders are in another Valkey, and never touched."""
    return settings.model_copy(
        update={
            "redis_url": None,
            "store": STORE,
            "data_dir": settings.data_dir / "workshop",
            "menu": MENU_FILE.with_name("workshop.toml"),
            "kitchen": None,  # the presenter chooses who cooks
            "cooks": 1,  # each process is one cook
            "web_processes": 1,  # the first restaurant has one cashier
            "speed": 1.0,  # of the play, see directions.py
            "recipe_timeout_s": 3600.0,  # a pause may last
            "ready_s": COLLECT_S,
            "hook_url": None,  # nobody outside is told of a play
        }
    )


def script(settings: Settings) -> Path:
    """The file of the stage directions."""
    return settings.data_dir / "directions.json"


def access_log(settings: Settings) -> Path:
    """The file in which the web server notes every request of the play."""
    return settings.data_dir / "access.log"
