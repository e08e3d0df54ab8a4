"""What holds for all tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long begin first, so that none of them is what everybody waits for at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
