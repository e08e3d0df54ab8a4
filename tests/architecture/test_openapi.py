"""The API explains itself: an example for every body and every answer, and each example is one that would be taken."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from backend.app import routers
from backend.openapi import describe

METHODS = {"get", "put", "post", "delete", "patch"}
Json = dict[str, Any]


def _schema() -> Json:
    app = FastAPI(title="Headgate")
    for router in routers():
        app.include_router(router)
    describe(app)
    made: Json = app.openapi()
    return made


SCHEMA = _schema()


def _contents() -> Iterator[tuple[str, Json]]:
    """(what it is, its JSON schema) of each body and each answer of every operation."""
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                yield f"{method} {path} takes", body["schema"]
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if content and status.startswith("2"):
                    yield f"{method} {path} answers", content.get("schema", {})


CONTENTS = dict(_contents())


def _resolved(schema: Json) -> Json:
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _examples(schema: Json) -> list[Any]:
    """The examples of a schema; of a list, those of what it lists."""
    schema = _resolved(schema)
    if schema.get("examples"):
        return list(schema["examples"])
    if "example" in schema:
        return [schema["example"]]
    if schema.get("type") == "array":
        return [[one] for one in _examples(schema["items"])]
    return []


def test_there_is_an_api_to_look_at() -> None:
    assert len(CONTENTS) > 60


@pytest.mark.parametrize("what", CONTENTS)
def test_every_body_and_answer_has_an_example(what: str) -> None:
    assert _examples(CONTENTS[what]), what


@pytest.mark.parametrize("what", CONTENTS)
def test_every_example_is_as_its_schema_says(what: str) -> None:
    schema = {**CONTENTS[what], "components": SCHEMA["components"]}
    for example in _examples(CONTENTS[what]):
        problems = [problem.message for problem in Draft202012Validator(schema).iter_errors(example)]
        assert problems == [], what


@pytest.mark.parametrize("path", SCHEMA["paths"])
def test_every_operation_says_what_it_does(path: str) -> None:
    for method, operation in SCHEMA["paths"][path].items():
        if method in METHODS:
            assert operation.get("description", "").strip(), f"{method} {path}"
