"""What the workshop changes of the settings, so that nothing of the real restaurant is touched."""

from __future__ import annotations

from orders.settings import Settings
from web.workshop.opening import for_workshop


def test_a_play_is_kept_apart_from_the_real_restaurant(settings: Settings) -> None:
    """Not in the Redis that is set, under a name and in a folder of its own; nobody is told of it."""
    real = settings.model_copy(update={"hook_url": "https://hooks.example", "kitchen": "people"})
    play = for_workshop(real)
    assert (None, None, None) == (play.redis_url, play.hook_url, play.kitchen)
    assert real.store != play.store
    assert real.data_dir == play.data_dir.parent
