"""Settings: from the environment or a flag, and a bad value is named."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from orders.flags import environment, flag, variable, with_settings
from orders.settings import Settings

BAD = [
    ("redis_url", "localhost:6379"),
    ("store", "Main Street"),
    ("store", ""),
    ("port", "65536"),
    ("port", "eighty"),
    ("public_url", "orders.example"),
    ("public_url", "https://orders.example/path"),
    ("staff_pin", "123"),
    ("staff_pin", "12 34"),
    ("trusted_proxies", "proxy.example"),
    ("trusted_proxies", "10.0.0.1/8"),
    ("kitchen", "cats"),
    ("cooks", "0"),
    ("speed", "0"),
    ("attempts", "0"),
    ("retry_base_s", "-1"),
    ("waiting_limit", "0"),
    ("without_crew", "maybe"),
    ("web_processes", "0"),
    ("rate_limit", "a lot"),
    ("rate_limit", "0/minute"),
    ("rate_limit", "5/minute,"),
]


@click.command()
@with_settings
def show(settings: Settings) -> None:
    click.echo(settings.model_dump_json())


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A bad value in the environment is refused, and the setting told."""
    monkeypatch.setenv(variable(name), value)
    with pytest.raises(ValidationError) as error:
        Settings()
    assert {name} == {str(e["loc"][0]).lower() for e in error.value.errors()}


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_flag_ends_with_a_sentence(name: str, value: str) -> None:
    """The command ends with exit code 2 and says which flag, and which variable, is wrong."""
    outcome = CliRunner().invoke(show, [flag(name), value])
    assert 2 == outcome.exit_code
    assert f"{variable(name)} ({flag(name)}): " in outcome.output
    assert "Traceback" not in outcome.output


def test_a_flag_wins_over_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed on the command line counts more than what stands in the environment."""
    monkeypatch.setenv("ORDERUP_PORT", "8001")
    outcome = CliRunner().invoke(show, ["--port", "8002"])
    assert 8002 == Settings.model_validate_json(outcome.output).port


def test_a_child_process_reads_the_same_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Settings written into an environment and read from it are equal."""
    settings = Settings(
        redis_url="redis://r:1/2",
        store="s-1",
        staff_pin="a=b!",
        kitchen="people",
        menu=tmp_path / "a menu.toml",
        speed=2.5,
    )
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    assert settings == Settings()


def test_a_child_finds_no_setting_that_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """What our own environment says of a setting counts no more; everything else is passed on."""
    monkeypatch.setenv("ORDERUP_KITCHEN", "people")
    monkeypatch.setenv("ELSE", "here")
    given = environment(Settings().model_copy(update={"kitchen": None}))
    assert (None, "here") == (given.get("ORDERUP_KITCHEN"), given["ELSE"])


def test_settings_cannot_be_changed() -> None:
    """They are read once; nobody turns a knob while the parts run."""
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("store", "Main Street", "main-street-2 would do."),
        ("public_url", "https://orders.example/", "https://orders.example would do."),
        ("staff_pin", "12", "a PIN of 4 to 64 letters, digits and signs would do."),
        ("mail_server", "localhost", "127.0.0.1:2525 would do."),
        ("business_day_starts", "4", "04:00 or 04:15 would do."),
        ("hook_url", "till", "https://till.example/orders would do."),
    ],
)
def test_nobody_has_to_read_a_pattern(name: str, text: str, told: str) -> None:
    """What does not fit one is answered by an example."""
    refused = CliRunner().invoke(show, [flag(name), text])
    assert (2, f"Error: {variable(name)} ({flag(name)}): {told}\n") == (
        refused.exit_code,
        refused.output,
    )
