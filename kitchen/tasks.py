"""The tasks that a kitchen knows by name; a producer and a worker share nothing but these names."""

from __future__ import annotations

import logging
from difflib import get_close_matches
from typing import Any, NoReturn

log = logging.getLogger("kitchen")


class Tasks(dict[str, Any]):
    """arq's functions by name. One that is not here is told with what may have been meant.

    arq itself names the job, says that the function is not found, and throws the job away.
    """

    def __missing__(self, name: str) -> NoReturn:
        near = get_close_matches(name, self, n=1)
        log.error(
            "a job asks for the task %r, which this kitchen does not know%s It knows: %s. Who puts "
            "a job into the queue names its task; write the name of a function of this worker.",
            name,
            f"; did you mean {near[0]}?" if near else ".",
            ", ".join(self),
        )
        raise KeyError(name)
