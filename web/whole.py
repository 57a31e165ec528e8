"""A whole number as JSON means it, for the models of what the API is asked."""

from __future__ import annotations

from pydantic import BeforeValidator, ValidationInfo


def _is_a_number(said: object, info: ValidationInfo) -> object:
    """Pydantic, when it is not strict, takes "3" and true for numbers, and when it is refuses 3.0, which
    JSON Schema calls whole (2020-12, section 4.2.3). In a form or a query all is text.
    """
    if info.mode == "json" and (isinstance(said, bool) or not isinstance(said, (int, float))):
        raise ValueError("a whole number is needed")
    return said


WHOLE = BeforeValidator(_is_a_number)  # of an int that is not strict, behind its limits
