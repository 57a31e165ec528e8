"""An address as a QR code, for phones."""

from __future__ import annotations

from markupsafe import Markup


def qr(address: str) -> Markup:
    """An `<svg>` that is as large as the style sheet says."""
    import segno  # here, for the counter opens sooner without it

    code = segno.make(address, error="m")
    return Markup(code.svg_inline(scale=4, border=2, omitsize=True))  # noqa: S704 - segno's own
