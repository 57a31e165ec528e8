"""Texts: the catalogues are whole, and everybody is answered in a language they chose or prefer."""

from __future__ import annotations

import string
from pathlib import Path

import httpx
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from orders.menu import SOURCE_LANGUAGE, load_menu
from orders.settings import Settings
from web.app import create_app
from web.texts import LOCALES, languages, ngettext

ROOT = Path(__file__).parents[2]
TRANSLATED = ("ar", "de", "es", "fil")

every_catalogue = pytest.mark.parametrize("code", TRANSLATED)
every_language = pytest.mark.parametrize("code", [SOURCE_LANGUAGE, *TRANSLATED])


def catalogue(code: str) -> Catalog:
    with (LOCALES / code / "orderup.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def texts_in_the_source() -> set[str | tuple[str, str]]:
    """What `pybabel extract` finds today; a text with a plural is a pair."""
    with (LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    return {text for _, _, text, _, _ in extract_from_dir(ROOT, methods, options)}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def opening_tag(page: httpx.Response) -> str:
    return page.text.splitlines()[1]


def html(code: str) -> str:
    return f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">'


def test_the_languages_are_those_of_the_catalogues() -> None:
    """Each language is offered under the name that it has for itself, English first."""
    assert {
        "en": "English",
        "ar": "العربية",
        "de": "Deutsch",
        "es": "Español",
        "fil": "Filipino",
    } == languages()
    assert SOURCE_LANGUAGE == next(iter(languages()))


@every_catalogue
def test_a_catalogue_has_the_texts_of_today_and_no_others(code: str) -> None:
    """A text that is missing, or that no page says any more, is a mistake."""
    found = {message.id for message in catalogue(code) if message.id}
    assert texts_in_the_source() == found
    assert [] == list(catalogue(code).obsolete)


@every_catalogue
def test_every_text_is_translated(code: str) -> None:
    """Nothing is empty, and nothing is marked as in doubt."""
    texts = [message for message in catalogue(code) if message.id]
    assert [] == [text.id for text in texts if text.fuzzy or not all(forms(text.string))]
    assert not catalogue(code).fuzzy


@every_catalogue
def test_what_stands_in_braces_stays(code: str) -> None:
    """A translation fills in what the text fills in; only a form for one or two may leave it out."""
    for message in catalogue(code):
        expected = placeholders(forms(message.id)[-1])
        *special, usual = forms(message.string)
        assert expected == placeholders(usual), message.id
        assert all(placeholders(form) <= expected for form in special), message.id


@every_catalogue
def test_there_are_as_many_plural_forms_as_the_language_has(code: str) -> None:
    """The rule is the language's own, and every text with a number follows it."""
    rule = get_plural(code)
    texts = catalogue(code)
    assert (rule.num_plurals, rule.plural_expr) == (texts.num_plurals, texts.plural_expr)
    counted = [message for message in texts if message.pluralizable]
    assert [] == [m.id for m in counted if rule.num_plurals != len(m.string)]


@every_catalogue
def test_a_catalogue_names_nobody_and_no_day(code: str) -> None:
    """No addresses and no dates in the headers, so that only texts make a difference."""
    header = (LOCALES / code / "orderup.po").read_text(encoding="utf-8").split("\n\n")[0]
    assert [] == [line for line in header.splitlines() if "@" in line or "Date" in line]


@every_catalogue
def test_the_menu_is_in_every_language(code: str) -> None:
    """Each dish and each category has a name in each language that there is a catalogue for."""
    menu = load_menu()
    assert [] == [item.sku for item in menu.items.values() if code not in item.name]
    assert [] == [category.key for category in menu.categories if code not in category.name]


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("en", 1, "Try again in 1 second."),
        ("en", 2, "Try again in 2 seconds."),
        ("de", 1, "In 1 Sekunde noch einmal versuchen."),
        ("de", 60, "In 60 Sekunden noch einmal versuchen."),
        ("ar", 0, "يمكنك المحاولة مجددًا الآن."),
        ("ar", 1, "يمكنك المحاولة مجددًا بعد ثانية واحدة."),
        ("ar", 2, "يمكنك المحاولة مجددًا بعد ثانيتين."),
        ("ar", 3, "يمكنك المحاولة مجددًا بعد 3 ثوانٍ."),
        ("ar", 60, "يمكنك المحاولة مجددًا بعد 60 ثانية."),
        ("ar", 100, "يمكنك المحاولة مجددًا بعد 100 ثانية."),
    ],
)
async def test_numbers_take_their_plural_form(
    settings: Settings, code: str, count: int, text: str
) -> None:
    """One, two, a few and many are said as the language says them."""
    async with create_app(settings).test_request_context(f"/?lang={code}"):
        said = ngettext("Try again in {n} second.", "Try again in {n} seconds.", count)
    assert text == said


@every_language
async def test_every_page_says_its_language_and_direction(
    client: httpx.AsyncClient, code: str
) -> None:
    """Kiosk, board and error page carry `lang` and `dir`; Arabic goes from right to left."""
    for path in ("/", "/board", "/orders/unknown"):
        assert html(code) == opening_tag(await client.get(path, params={"lang": code})), path


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("es", "es"),
        ("de-AT,en;q=0.8", "de"),
        ("fr,en;q=0.3,es;q=0.5", "es"),
        ("fil-PH", "fil"),
        ("tl", "fil"),
        ("tl-PH,en;q=0.8", "fil"),
        ("ja,de;q=0", "en"),
        ("ja", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
async def test_the_browser_says_which_language_is_preferred(
    client: httpx.AsyncClient, accepted: str, code: str
) -> None:
    """The first of `Accept-Language` that there is a catalogue for; English when there is none."""
    assert html(code) == opening_tag(await client.get("/", headers={"Accept-Language": accepted}))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("ar", "ar"),
        ("en", "en"),
        ("ES", "es"),
        ("de-CH", "de"),
        ("xx", "fil"),
        ("", "fil"),
        ("../de", "fil"),
        ("ñ\0", "fil"),
    ],
)
async def test_the_address_chooses_the_language(
    client: httpx.AsyncClient, asked: str, code: str
) -> None:
    """`?lang=` goes before the browser's preference; one that is unknown is passed over quietly."""
    page = await client.get("/", params={"lang": asked}, headers={"Accept-Language": "fil"})
    assert (200, html(code)) == (page.status_code, opening_tag(page))


async def test_a_ticket_is_in_the_language_of_its_order(client: httpx.AsyncClient) -> None:
    """What was chosen at the kiosk stays chosen after ordering, unless the address says otherwise."""
    client.headers["Accept-Language"] = "de"
    answer = await client.post("/orders", data={"language": "es", "quantity.water": "1"})
    ticket = answer.headers["location"]
    assert html("es") == opening_tag(await client.get(ticket))
    assert html("es") == opening_tag(await client.get(ticket, params={"lang": "xx"}))
    assert html("ar") == opening_tag(await client.get(ticket, params={"lang": "ar"}))


@pytest.mark.parametrize(("asked", "code"), [("fil-PH", "fil"), ("ja", "de"), (None, "de")])
async def test_a_ticket_without_a_language_of_ours_is_in_the_readers(
    client: httpx.AsyncClient, asked: str | None, code: str
) -> None:
    """Orders of programs name any language or none; then the browser's preference decides."""
    client.headers["Accept-Language"] = "de"
    order = {"items": [{"sku": "water", "quantity": 1}], "language": asked}
    placed = (await client.post("/api/orders", json=order)).json()
    assert html(code) == opening_tag(await client.get(f"/orders/{placed['id']}"))


async def test_the_language_stays_when_something_was_wrong(client: httpx.AsyncClient) -> None:
    """A form that cannot be taken comes back in its own language, and keeps it for the next try."""
    page = await client.post("/orders", data={"language": "es", "quantity.water": "100"})
    assert (422, html("es")) == (page.status_code, opening_tag(page))
    assert "Botella de agua: entre 0 y 99 de una vez." in page.text
    assert 'name="language" value="es"' in page.text


async def test_cancelling_keeps_the_language(client: httpx.AsyncClient) -> None:
    """The ticket that was read in another language than its order's goes on in that."""
    order = {"items": [{"sku": "turkey", "quantity": 1}], "language": "es"}
    placed = (await client.post("/api/orders", json=order)).json()
    cancel = f"/orders/{placed['id']}/cancel?lang=fil"
    assert cancel in (await client.get(f"/orders/{placed['id']}", params={"lang": "fil"})).text
    page = await client.post(cancel, follow_redirects=True)
    assert html("fil") == opening_tag(page)
    assert "Kinansela" in page.text


@pytest.mark.parametrize(
    ("code", "price"),
    [
        ("en", "€14.90"),
        ("fil", "€14.90"),
        ("de", "14,90\xa0€"),
        ("es", "14,90\xa0€"),
        ("ar", "\u200f14.90\xa0€"),
    ],
)
async def test_prices_are_written_as_the_language_writes_them(
    client: httpx.AsyncClient, code: str, price: str
) -> None:
    """Comma or point, sign before or after; the figures are those of the board everywhere."""
    page = await client.get("/", params={"lang": code})
    assert f'<span class="price">{price}</span>' in page.text


async def test_programs_are_told_in_their_language_too(client: httpx.AsyncClient) -> None:
    """A problem's title and detail are translated, its type is not."""
    answer = await client.get("/api/orders/unknown", headers={"Accept-Language": "es"})
    problem = answer.json()
    assert "Pedido desconocido" == problem["title"]
    assert "urn:orderup:problem:unknown-order" == problem["type"]
