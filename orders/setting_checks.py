"""What the values of some settings must be like. Each check raises ValueError with a sentence."""

from __future__ import annotations

import base64

from pydantic import ValidationInfo

from orders.states import Status

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)  # Standard Webhooks, "Signature scheme"


def time_zone(name: str) -> str:
    if name == "UTC":
        return name  # and nothing needs to be loaded
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name).key
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("the name of a time zone such as Europe/Berlin is needed") from error


def hook_secret(secret: str | None, info: ValidationInfo) -> str | None:
    """Look after `hook_url`, without which there need be no secret."""
    if secret is None:
        if info.data.get("hook_url"):
            raise ValueError(
                "a web hook is signed: echo whsec_$(openssl rand -base64 32) makes one"
            )
        return None
    try:
        length = len(base64.b64decode(secret.removeprefix(PREFIX), validate=True))
    except ValueError:
        length = 0
    if not secret.startswith(PREFIX) or length not in SECRET_BYTES:
        raise ValueError(f"{PREFIX} and 24 to 64 bytes in base64 are needed")
    return secret


def event_names(names: str) -> str:
    wanted = [name.strip().upper() for name in names.split(",") if name.strip()]
    if not wanted or not set(wanted) <= set(Status):
        raise ValueError(f"some of {', '.join(Status)} are needed")
    return ",".join(wanted)
