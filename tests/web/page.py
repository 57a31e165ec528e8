"""What a browser without JavaScript makes of a page."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

VOID = {"input", "img", "meta", "link", "br", "use", "path", "hr"}


class Page(HTMLParser):
    """`fields` are the form's as they would be sent; `alert` is what the page complains about."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        assert answer.headers["content-type"].startswith("text/html")
        self.status = answer.status_code
        self.fields: dict[str, str] = {}
        self.invalid: list[str] = []
        self.language = ""
        self.alert = ""
        self.text = ""
        self._open: list[tuple[str, bool]] = []  # tag, and whether it is an alert
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = attributes["lang"]
        if tag == "input" and "disabled" not in attributes:
            chosen = attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
            if chosen:
                self.fields[attributes["name"]] = attributes.get("value", "")
            if "aria-invalid" in attributes:
                self.invalid.append(attributes["name"])
        if tag not in VOID:
            self._open.append((tag, attributes.get("role") == "alert"))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        if tags & {"script", "style", "template", "title"}:
            return
        self.text += data
        if any(alert for _, alert in self._open):
            self.alert += data
