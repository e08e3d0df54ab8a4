"""What holds for all tests."""

import pytest

BROWSERS = {"chromium", "chromium_url"}
"""The fixtures that start one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser are marked; files that take long begin first, so that nobody waits for one at the end."""
    for item in items:
        if BROWSERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
