"""The API's description, with examples as their models have them.

FastAPI leaves out what is null anywhere in the document, so that an example with a null would lack a field that its
schema requires. Here each model's own examples are put back whole.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

Json = dict[str, Any]


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` have whole examples."""
    plain = app.openapi

    def whole() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _with_examples(plain())
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def _with_examples(document: Json) -> Json:
    schemas: Json = document.get("components", {}).get("schemas", {})
    for model in _models(BaseModel):
        extra = model.model_config.get("json_schema_extra")
        if not isinstance(extra, dict):
            continue
        # Two models of one name are told apart by their modules.
        for name in (model.__name__, f"{model.__module__}.{model.__qualname__}".replace(".", "__")):
            found = schemas.get(name)
            if found is not None and _is_of(found, model):
                found |= {key: extra[key] for key in ("example", "examples") if key in extra}
    return document


def _is_of(schema: Json, model: type[BaseModel]) -> bool:
    said: str = schema.get("description", "")
    return said.split() == (model.__doc__ or "").split()


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        if model.__module__.startswith("backend."):
            yield model
        yield from _models(model)
