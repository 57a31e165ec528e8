"""Settings: read once at the edge, from the environment, into one frozen object that is passed on.

Each is an environment variable and a flag of the command line: `ORDERUP_PORT` is `--port`,
`REDIS_URL` is `--redis-url`. The texts below are what `--help` prints.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, DirectoryPath, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from orders import setting_checks


def _redis_address(url: str) -> str:
    if not re.fullmatch(r"rediss?://[^\s?#]+", url):
        raise ValueError("an address such as redis://127.0.0.1:6379/0 is needed")
    return url


Networks = list[ipaddress.IPv4Network | ipaddress.IPv6Network]


def networks(names: str) -> Networks:
    """Addresses and networks with commas between. Raises ValueError."""
    return [ipaddress.ip_network(name.strip()) for name in names.split(",") if name.strip()]


def _names_of_networks(names: str) -> str:
    try:
        networks(names)
    except ValueError as error:
        raise ValueError(f"addresses such as 10.0.0.2 or 10.0.0.0/8 are needed; {error}") from error
    return names


# The notation of the library `limits`, which only the counter loads, and late.
RATE_LIMIT = r"[1-9]\d{0,8} *(/|per) *([1-9]\d{0,3} *)?(second|minute|hour|day)s?"


def _rate_limits(text: str) -> str:
    if text.strip() and not re.fullmatch(rf" *{RATE_LIMIT}( *; *{RATE_LIMIT})* *", text):
        raise ValueError("limits such as 6000/minute or 100/second;2000/10 minutes are needed")
    return text.strip()


WEEK_S = 7 * 24 * 3600
STAFF_PIN = r"^[!-~]{4,64}$"


class Settings(BaseSettings):
    """Everything that can be set. Times carry their unit in the name."""

    model_config = SettingsConfigDict(env_prefix="ORDERUP_", frozen=True, populate_by_name=True)

    redis_url: Annotated[str, AfterValidator(_redis_address)] | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis or Valkey to keep the book in; without it a private Valkey starts.",
    )
    store: str = Field(
        "main",
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
        examples=["main-street-2"],
        description="Name of the store. Stores share a Redis without meeting.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole net.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+$",
        examples=["https://orders.example"],
        description="Address that customers' phones reach, for QR codes: https://orders.example",
    )
    staff_pin: str | None = Field(
        None,
        pattern=STAFF_PIN,
        examples=["a PIN of 4 to 64 letters, digits and signs"],
        description="PIN of the staff; without it one is made and kept in the data directory.",
    )
    data_dir: Path = Field(
        Path("orderup-data"), description="Where the private Valkey and the PIN are kept."
    )
    kitchen: Literal["robots", "people"] | None = Field(
        None, description="Who cooks; without it, whoever cooked last (robots at first)."
    )
    cooks: int = Field(4, ge=1, le=1000, description="Orders one kitchen process cooks at once.")
    speed: float = Field(1.0, gt=0, le=1000, description="Cooking times are divided by this.")
    menu: Path | None = Field(None, description="Another menu than the one that comes along.")
    recipes: DirectoryPath | None = Field(
        None, description="A folder with more recipes, one a file."
    )
    reload: bool = Field(
        default=False, description="Use a recipe as soon as it is saved (for workshops)."
    )
    mail_server: str = Field(
        "127.0.0.1:2525",
        pattern=r"^[^\s:]+:\d{1,5}$",
        examples=["127.0.0.1:2525"],
        description="Mail server of the recipe that sends a letter; see `orderup postbox`.",
    )
    waiting_limit: int = Field(
        50_000, ge=1, description="With so many orders waiting for the crew no other is taken."
    )
    without_crew: Literal["accept", "refuse"] = Field(
        "accept", description="What becomes of an order for the kitchen while no cook is on shift."
    )
    attempts: int = Field(3, ge=1, le=100, description="Attempts before an order is a FAILURE.")
    retry_base_s: float = Field(
        1.0, gt=0, le=3600, description="Wait before the second attempt; doubles with each one."
    )
    recipe_timeout_s: float = Field(
        120.0, gt=0, le=3600, description="A recipe that takes longer counts as failed."
    )
    grace_s: float = Field(
        5.0, ge=0, le=60, description="How long a stopping kitchen finishes what it has in hand."
    )
    ready_s: float = Field(
        600.0,
        gt=0,
        le=WEEK_S,
        description="After this time on the board a ready order counts as collected.",
    )
    hurry_s: float = Field(
        300.0, gt=0, le=WEEK_S, description="From this age on the kitchen screen marks an order."
    )
    late_s: float = Field(
        480.0, gt=0, le=WEEK_S, description="From this age on the kitchen screen marks it as late."
    )
    recall_s: float = Field(
        300.0,
        ge=0,
        le=WEEK_S,
        description="How long a collected order can be called back to the board.",
    )
    kiosk_idle_s: float = Field(
        60.0,
        ge=1,
        le=3600,
        description="A kiosk untouched for so long asks whether anybody is there, and is cleared.",
    )
    certfile: Path | None = Field(None, description="TLS certificate (PEM).")
    keyfile: Path | None = Field(None, description="TLS key (PEM).")
    hsts_days: int = Field(
        0,
        ge=0,
        le=730,
        description="For so many days browsers that came by https come to this name by https only.",
    )
    trusted_proxies: Annotated[str, AfterValidator(_names_of_networks)] = Field(
        "",
        description="Reverse proxies, with commas between, that are believed who comes and by https.",
    )
    max_streams: int = Field(
        25_000, ge=1, description="Open boards and tickets in one web process."
    )
    max_streams_per_address: int = Field(
        15_000, ge=1, description="The same from one address; a whole hall may share one."
    )
    rate_limit: Annotated[str, AfterValidator(_rate_limits)] = Field(
        "6000/minute",
        description="Orders and other changes from one address in one web process; this machine is"
        " not counted. Several with ; between; empty: no limit.",
    )
    send_deadline_s: float = Field(
        20.0, ge=1, le=3600, description="A viewer who takes nothing for so long is disconnected."
    )
    sweep_s: float = Field(
        60.0, ge=0.5, le=3600, description="Pause between two looks over the whole book."
    )
    web_processes: int = Field(1, ge=1, le=64, description="Web processes on the one port.")
    log: Literal["text", "json"] = Field(
        "text", description="The log as lines for people, or as JSON with every step of an order."
    )
    time_zone: Annotated[str, AfterValidator(setting_checks.time_zone)] = Field(
        "UTC", description="Time zone of the business day, such as Europe/Berlin."
    )
    business_day_starts: str = Field(
        "04:00",
        pattern=r"^([01]\d|2[0-3]):(00|15|30|45)$",
        examples=["04:00 or 04:15"],
        description="When the business day begins, on a quarter of an hour.",
    )
    keep_days: int = Field(
        30, ge=1, le=3650, description="So many days a finished order is kept, with all it holds."
    )
    hook_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#]+(/[^\s#]*)?$",
        examples=["https://till.example/orders"],
        repr=False,
        description="Address that is told of changes by a web hook.",
    )
    hook_secret: Annotated[str | None, AfterValidator(setting_checks.hook_secret)] = Field(
        None,
        repr=False,
        validate_default=True,
        description="What web hooks are signed with: whsec_ and 24 to 64 bytes in base64.",
    )
    hook_events: Annotated[str, AfterValidator(setting_checks.event_names)] = Field(
        "SUCCESS,FAILURE,COLLECTED,REVOKED",
        description="The statuses of which a web hook tells, with commas between.",
    )
    hook_private: bool = Field(
        default=False,
        description="Whether web hooks may go to private addresses, this machine's too.",
    )
    hook_retry_s: float = Field(
        5.0,
        gt=0,
        le=60,
        description="Pause before a web hook is sent a second time; the later ones grow with it.",
    )

    @property
    def key_prefix(self) -> str:
        """What every key of this store begins with."""
        return f"orderup:{self.store}:"

    @property
    def kept_s(self) -> int:
        """How long a finished order is kept: in any case as long as it can be called back."""
        return max(self.keep_days * 24 * 3600, int(self.recall_s))
