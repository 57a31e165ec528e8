"""What is said about one operation of the API; document.py makes OpenAPI of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

Who = Literal["anybody", "anybody, or staff", "staff"]


@dataclass(frozen=True)
class Answer:
    """One answer that is no problem. Without a `model` or a `media` type it has no body."""

    text: str
    model: type[BaseModel] | None = None
    example: Any = None
    headers: tuple[str, ...] = ()
    media: str | None = None  # of a body for which there is no model
    leads_to: tuple[str, ...] = ()  # operations on the order that the answer's `id` names


@dataclass(frozen=True)
class Operation:
    """`who` may ask: "anybody, or staff" if the staff get or may do more. `problems` are kinds by
    status, besides those that everything of its sort can meet.
    """

    tag: str
    summary: str
    text: str
    answers: Mapping[int, Answer]
    who: Who = "anybody"
    request: type[BaseModel] | None = None
    example: Any = None  # of the request's body
    query: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()  # of the request
    problems: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    asks_the_book: bool = True

    @property
    def for_staff(self) -> bool:
        """Whether it looks who is asking."""
        return self.who != "anybody"
