"""Twilio's own OpenAPI file, when it lies beside the project, as JSON schemas that requests and answers must fit."""

import json
import re
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]

FILES = Path(__file__).parents[3] / "shared" / "reference" / "twilio-oai"
NAMES = {"/2010-04-01/": "api_v2010", "/v2/PhoneNumbers": "lookups_v2", "/v2/": "verify_v2"}
"""Which file an address belongs to, by how it begins."""


class OpenApi:
    """Finds an operation by method and path, and checks what was sent and answered against it."""

    def __init__(self, specification: dict[str, Any]) -> None:
        self._specification = specification
        self._paths = {
            path: re.compile(re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(path)) + "$") for path in specification["paths"]
        }

    def check(
        self, method: str, path: str, *, query: dict[str, str], form: dict[str, list[str]], status: int, body: Any
    ) -> None:
        """Raise AssertionError or jsonschema.ValidationError when the exchange does not fit."""
        template = min((p for p, pattern in self._paths.items() if pattern.match(path)), key=lambda p: p.count("{"))
        operation = self._specification["paths"][template][method.lower()]
        known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
        assert query.keys() <= known, f"{query.keys() - known} is no query parameter of {method} {template}"
        if form:
            content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
            self._validate(_typed(form, content["schema"]["properties"]), content["schema"])
        if status < 400:
            answer = operation["responses"][str(status)].get("content", {})
            if "application/json" in answer:
                self._validate(self._as_the_file_says(body), answer["application/json"]["schema"])
                _no_field_more_or_less(self._specification, body, answer["application/json"]["schema"])

    def _as_the_file_says(self, body: Any) -> Any:
        """Lookup's file calls no field nullable, though its own examples are full of nulls."""
        if isinstance(body, dict) and "LookupResponse" in self._specification["components"]["schemas"]:
            return {name: self._as_the_file_says(value) for name, value in body.items() if value is not None}
        return body

    def _validate(self, instance: Any, schema: dict[str, Any]) -> None:
        whole = {**_as_json_schema(schema), "components": _as_json_schema(self._specification["components"])}
        checker = jsonschema.FormatChecker(formats=())
        checker.checks("date-time-rfc-2822", raises=(ValueError, TypeError))(_is_rfc2822)
        jsonschema.Draft202012Validator(whole, format_checker=checker).validate(instance)


def of(path: str) -> OpenApi | None:
    """The operations of the file that has `path`, or None when the file is not there."""
    return _load(next(name for start, name in NAMES.items() if path.startswith(start)))


@cache
def _load(name: str) -> OpenApi | None:
    file = FILES / f"twilio_{name}.json"
    return OpenApi(json.loads(file.read_text())) if file.is_file() else None


def _is_rfc2822(value: object) -> bool:
    if isinstance(value, str):
        parsedate_to_datetime(value)
    return True


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable`; JSON Schema says that null is one of the types."""
    if isinstance(node, list):
        return [_as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _as_json_schema(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        schema["type"] = [node["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _typed(form: dict[str, list[str]], properties: dict[str, Any]) -> dict[str, Any]:
    """Form values as the types their schema names; an unknown field stays and is refused."""
    assert form.keys() <= properties.keys(), f"{form.keys() - properties.keys()} is no field of the request"
    typed: dict[str, Any] = {}
    for name, values in form.items():
        kind = properties[name].get("type")
        if kind == "array":
            typed[name] = values
        elif kind == "integer":
            typed[name] = int(values[-1])
        elif kind == "number":
            typed[name] = float(values[-1])
        elif kind == "boolean":
            typed[name] = values[-1] == "true"
        else:
            typed[name] = values[-1]
    return typed


def _no_field_more_or_less(specification: dict[str, Any], body: dict[str, Any], schema: dict[str, Any]) -> None:
    name = schema.get("$ref", "").rpartition("/")[2]
    properties = specification["components"]["schemas"][name]["properties"] if name else schema["properties"]
    assert set(body) == set(properties), set(body) ^ set(properties)
