"""The operations on menu and board."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web import answer_schemas
from web.description.operation import Answer, Operation
from web.menu import Availability

TAG = "Menu and board"

ITEM = {
    "sku": "nuggets-6",
    "name": "6 nuggets",
    "price_cents": 480,
    "available": True,
    "special": False,
    "served": "kitchen",
    "cooking_ms": 9000,
    "allergens": ["gluten"],
    "picture": "/static/pictures/nuggets.svg",
}
TICKET = {"reference": "104", "status": "PENDING", "since_ms": 1795262400000}


class ItemAnswer(BaseModel):
    """One dish or drink."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    name: str = Field(description="In the language of the answer.")
    price_cents: int
    available: bool = Field(description="Whether it can be ordered now.")
    special: bool = Field(description="Whether it is the special of the day.")
    served: Literal["counter", "kitchen"]
    cooking_ms: int
    allergens: list[str]
    picture: str = Field(description="Path of an SVG.")


class CategoryAnswer(BaseModel):
    """Items that stand together."""

    model_config = ConfigDict(extra="forbid")

    key: str
    name: str
    items: list[ItemAnswer]


class MenuAnswer(BaseModel):
    """What can be ordered, and for how much."""

    model_config = ConfigDict(extra="forbid")

    currency: str = Field(description="ISO 4217.")
    language: str
    categories: list[CategoryAnswer]


class Language(BaseModel):
    """For names and for the texts of problems."""

    lang: str = Field("", description="Wins over `Accept-Language`.")


OPERATIONS = {
    "menu.get_menu": Operation(
        TAG,
        "Read the menu",
        "With the names in the reader's language, and what is sold out.",
        {
            200: Answer(
                "The menu.",
                MenuAnswer,
                {
                    "currency": "EUR",
                    "language": "en",
                    "categories": [{"key": "mains", "name": "Mains", "items": [ITEM]}],
                },
                ("ETag",),
            ),
            304: Answer("Still as the `ETag` says."),
        },
        query=Language,
        headers=("Accept-Language", "If-None-Match"),
        asks_the_book=False,
    ),
    "menu.set_availability": Operation(
        TAG,
        "Say that an item is sold out, there again, or the special",
        "All kiosks show it at once; what is sold out nobody can order any more.",
        {200: Answer("The item as it is now.", ItemAnswer, ITEM | {"available": False})},
        who="staff",
        request=Availability,
        example={"available": False},
        problems={404: ("unknown-item",), 409: ("off-the-menu",)},
    ),
    "api.get_board": Operation(
        TAG,
        "Read the board",
        "The numbers and their states, as every screen shows them. Live: `GET /board/events`.",
        {
            200: Answer(
                "The board at one moment.",
                answer_schemas.BoardAnswer,
                {"epoch": "k3f9", "version": 41, "tickets": [TICKET]},
                ("ETag",),
            ),
            304: Answer("Still as the `ETag` says."),
        },
        headers=("If-None-Match",),
    ),
}
