"""Texts in the reader's language: gettext catalogues that people can edit, read through Babel.

A catalogue is `web/locales/<language>/orderup.po`. It is compiled in memory when it is first needed, so
an edited file only needs a restart. The source language is English; what is not translated stays so.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.core import get_global
from babel.dates import format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from quart import g, has_request_context, request

from orders.menu import SOURCE_LANGUAGE
from web.counter import counter

LOCALES = Path(__file__).with_name("locales")


@cache
def languages() -> dict[str, str]:
    """The languages there are, with the name each has for itself."""
    found = sorted(path.parent.name for path in LOCALES.glob("*/orderup.po"))
    codes = [SOURCE_LANGUAGE, *found]
    return {code: (Locale.parse(code).display_name or code).capitalize() for code in codes}


def language() -> str:
    """The reader's language: what `?lang=` asks for, else what a form or an order was made in, else
    what the browser prefers.
    """
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        accepted = [code for code, quality in request.accept_languages if quality]
        g.language = _ours([request.args.get("lang"), *accepted]) or SOURCE_LANGUAGE
    return str(g.language)


def choose_language(code: str | None) -> None:
    """Answer this request in `code`, where it is one of ours and `?lang=` does not say otherwise."""
    if found := _ours([request.args.get("lang"), code]):
        g.language = found


def _ours(wanted: Iterable[str | None]) -> str | None:
    """The first of the wanted languages that is one of ours; for `de-AT` that is `de`."""
    return negotiate_locale([_current(code) for code in wanted if code], list(languages()))


def _current(code: str) -> str:
    """A language by its name of today, which CLDR knows: many a phone still says `tl` for Filipino."""
    language, *rest = code.lower().replace("-", "_").split("_")
    return "_".join([get_global("language_aliases").get(language, language), *rest])


def gettext(text: str, **values: object) -> str:
    """`text` in the reader's language, `{names}` filled in."""
    translated = _catalogue(language()).gettext(text)
    return translated.format(**values) if values else translated


def ngettext(one: str, many: str, count: int) -> str:
    """The plural form that `count` needs in the reader's language, `{n}` filled in."""
    return _catalogue(language()).ngettext(one, many, count).format(n=count)


def money(cents: int) -> str:
    """A price as the reader writes it."""
    currency = counter().book.menu.currency
    return format_currency(cents / 100, currency, locale=language())


def clock(at_ms: int) -> str:
    """The time of day as the reader writes it, on this machine's clock."""
    at = datetime.fromtimestamp(at_ms / 1000)  # noqa: DTZ006 - the wall beside the board
    return format_time(at, "short", locale=language())


def for_templates() -> dict[str, Any]:
    """What every template may use."""
    code = language()
    return {
        "_": gettext,
        "ngettext": ngettext,
        "money": money,
        "clock": clock,
        "lang": code,
        "dir": Locale.parse(code).text_direction,
        "languages": list(languages().items()),
    }


@cache
def _catalogue(code: str) -> NullTranslations:
    path = LOCALES / code / "orderup.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)
