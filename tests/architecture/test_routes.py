"""Nothing is open by accident: every route says who may call it."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from backend.access import PUBLIC_PATHS, Admits
from backend.app import routers


def _calls(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def test_every_backend_route_names_its_principals() -> None:
    routes = [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 15
    open_routes = [
        route.path
        for route in routes
        if route.path not in PUBLIC_PATHS and not any(isinstance(call, Admits) for call in _calls(route.dependant))
    ]
    assert open_routes == []
