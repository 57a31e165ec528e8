"""The OpenAPI 3.1 document, made of the routes and of what the tables say about them.

quart-schema reads the routes and the models. What it has no words for is added here: problems, answers
without a body, headers, examples, links. Its extension is not installed in the application, since it
would look at every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from quart import Quart
from quart_schema import (
    Info,
    QuartSchema,
    document_querystring,
    document_request,
    document_response,
    security_scheme,
    tag,
)
from quart_schema.openapi import OpenAPIProvider
from werkzeug.routing import Rule

from web.cross_site import CHANGES_NOTHING
from web.description import headers, problems
from web.description.operation import Answer, Operation
from web.description.operations import INTRODUCTION, OPERATIONS, TAGS

PIN, SESSION = "StaffPIN", "StaffSession"
STAFF: list[dict[str, list[str]]] = [{PIN: []}, {SESSION: []}]
SECURITY = {"anybody": [], "anybody, or staff": [{}, *STAFF], "staff": STAFF}


def document(app: Quart, version: str, skus: Iterable[str], cookie: str) -> dict[str, Any]:
    """The API of `app` as it is served; `skus` are those on the menu."""
    app.config.setdefault("QUART_SCHEMA_CONVERT_CASING", False)
    app.config.setdefault("QUART_SCHEMA_CONVERSION_PREFERENCE", "pydantic")
    for endpoint, operation in OPERATIONS.items():
        _attach(operation, app.view_functions[endpoint])
    extension = QuartSchema(
        info=Info("Order Up", version, description=INTRODUCTION),
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    whole = _Provider(app, extension).schema()
    parts = whole["components"]
    parts["securitySchemes"] = {
        PIN: {"type": "http", "scheme": "bearer", "description": "The staff's PIN."},
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "Set by signing in at /staff.",
        },
    }
    parts["schemas"]["ProblemDetails"] = _schema_of_problems(parts["schemas"])
    parts["schemas"]["OrderLine"]["properties"]["sku"] |= {"enum": sorted(skus)}
    return whole


def _attach(operation: Operation, view: Callable[..., Any]) -> None:
    """Say it to quart-schema, in its own way."""
    tag([operation.tag])(view)
    security_scheme(SECURITY[operation.who])(view)
    if operation.request is not None:
        document_request(operation.request)(view)
    if operation.query is not None:
        document_querystring(operation.query)(view)
    for status, answer in operation.answers.items():
        if answer.model is not None:
            document_response(answer.model, status)(view)


def _schema_of_problems(schemas: dict[str, Any]) -> dict[str, Any]:
    whole = problems.ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= whole.pop("$defs")
    return whole


class _Provider(OpenAPIProvider):
    """quart-schema's, for the operations of our tables only, in their order."""

    def generate_rules(self) -> Iterable[Rule]:
        rules = {rule.endpoint: rule for rule in self._app.url_map.iter_rules()}
        return [rules[endpoint] for endpoint in OPERATIONS]

    def operation_id(self, _method: str, _path: str, func: Callable[..., Any]) -> str:
        return func.__name__

    def build_querystring_parameters(
        self, model: Any
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """A parameter that may be left out is no `null`: a query has no such word."""
        parameters, components = super().build_querystring_parameters(model)
        for parameter in parameters:
            kinds = parameter["schema"].get("anyOf", [])
            if {"type": "null"} in kinds:
                (kind,) = [kind for kind in kinds if kind != {"type": "null"}]
                parameter["schema"] = kind
            parameter["schema"].pop("default", None)
        return parameters, components

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        for path in paths.values():
            for method, told in path.items():
                writes = method.upper() not in CHANGES_NOTHING
                _complete(told, OPERATIONS[rule.endpoint], writes=writes)
        return paths, components


def _complete(told: dict[str, Any], operation: Operation, *, writes: bool) -> None:
    """Add what quart-schema has no words for."""
    told["summary"], told["description"] = operation.summary, operation.text
    told["parameters"] = [*told["parameters"], *headers.parameters(operation.headers)]
    if operation.request is not None:
        body = told["requestBody"]
        body["required"] = True
        body["content"]["application/json"]["example"] = operation.example
    known = told["responses"]
    told["responses"] = {
        str(status): _response(known.get(status, {}), answer, counted=writes)
        for status, answer in operation.answers.items()
    }
    for status, kinds in problems.of(operation, writes=writes).items():
        met = problems.response(status, kinds, counted=writes)
        if str(status) in told["responses"]:  # 503 of /readyz has two forms
            met["content"] |= told["responses"][str(status)]["content"]
        told["responses"][str(status)] = met


def _response(known: dict[str, Any], answer: Answer, *, counted: bool) -> dict[str, Any]:
    """An answer that is no problem; `known` is what quart-schema makes of its model."""
    response: dict[str, Any] = {**known, "description": answer.text}
    names = answer.headers + (headers.COUNTED if counted else ())
    if names:
        response["headers"] = headers.headers(names)
    if answer.media is not None:
        kind = "object" if answer.media == "application/json" else "string"
        response["content"] = {answer.media: {"schema": {"type": kind}}}
    for content in response.get("content", {}).values():
        if answer.example is not None:
            content["example"] = answer.example
    if answer.leads_to:
        response["links"] = {name: _link(name) for name in answer.leads_to}
    return response


def _link(operation_id: str) -> dict[str, Any]:
    parameters = {"order_id": "$response.body#/id"}
    return {"operationId": operation_id, "parameters": parameters}
