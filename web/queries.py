"""Query strings in: what stands behind the `?` of a call of the API, read like a body."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel
from quart import request

Q = TypeVar("Q", bound=BaseModel)


def query_as(model: type[Q]) -> Q:
    """The request's query as `model` has it; a name that comes several times is a list.

    Raises pydantic's ValidationError, as a body does.
    """
    found = {
        name: values[0] if len(values) == 1 else values for name, values in request.args.lists()
    }
    return model.model_validate(found)
