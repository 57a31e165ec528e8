"""What `orderup open --workshop` changes of the settings: a store of its own, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from orders.settings import Settings
from workshop.directions import VARIABLE

HERE = Path(__file__).parent
STORE = "workshop"
COLLECT_S = 60.0


def for_workshop(settings: Settings) -> Settings:
    """The settings of the workshop. Real orders are in another Valkey, and never touched."""
    return settings.model_copy(
        update={
            "redis_url": None,
            "store": STORE,
            "data_dir": settings.data_dir / "workshop",
            "menu": HERE / "menu.toml",
            "recipes": HERE / "recipes",
            "kitchen": "robots",
            "cooks": 1,  # each process is one cook
            "web_processes": 1,  # the first restaurant has one cashier
            "speed": 1.0,  # of the play, see directions.py
            "recipe_timeout_s": 3600.0,  # a pause may last
            "ready_s": COLLECT_S,
        }
    )


def script(settings: Settings) -> Path:
    """The file of the stage directions."""
    return settings.data_dir / "directions.json"


def access_log(settings: Settings) -> Path:
    """The file in which the web server notes every request of the play."""
    return settings.data_dir / "access.log"


def surroundings(settings: Settings) -> dict[str, str]:
    """What its parts find in their environment besides."""
    return {VARIABLE: str(script(settings).resolve())}
