"""Real work, done wrongly: it compresses a file on the event loop, and the whole kitchen stands still.

While it works no other dish of this kitchen is cooked, no slip is claimed and no beat is heard: after
a few seconds the others think that this cook has died. Done rightly: `squeeze_elsewhere.py`.
"""

from __future__ import annotations

import lzma
import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish

BYTES_PER_S = 2_000_000  # about what one processor core compresses in a second


async def cook(dish: Dish) -> dict[str, int]:
    return squeeze(int(dish.cooking_s * BYTES_PER_S))


def squeeze(size: int) -> dict[str, int]:
    """Write a file of so many bytes and compress it. It awaits nothing: it computes."""
    with TemporaryDirectory() as folder:
        file, squeezed = Path(folder, "receipts"), Path(folder, "receipts.xz")
        file.write_text(random.Random(size).randbytes(size // 2).hex())  # noqa: S311 - just figures
        with lzma.open(squeezed, "wb") as small:
            small.write(file.read_bytes())
        sizes = {"bytes": file.stat().st_size, "squeezed": squeezed.stat().st_size}
    return {**sizes, "process": os.getpid()}
