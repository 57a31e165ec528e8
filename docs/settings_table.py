"""The table of settings in docs/operations.md, from the code: `python -m docs.settings_table`."""

from __future__ import annotations

from pathlib import Path

from orders.flags import flag, variable
from orders.settings import Settings

PAGE = Path(__file__).with_name("operations.md")
BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"


def table() -> str:
    """A row for each setting: variable, flag, what it is without being set, and what it means."""
    rows = ["| variable | flag | default | |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = (
            "" if field.default is None else f"`{field.default}`" if field.default != "" else ""
        )
        told = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{variable(name)}` | `{flag(name)}` | {default} | {told} |")
    return "\n".join(rows) + "\n"


def with_table(page: str) -> str:
    """The page with the table as it has to be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
