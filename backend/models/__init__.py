"""Every table, one module a subject. Import the module that has the table; nothing is re-exported."""

import pkgutil
from importlib import import_module


def know_every_table() -> None:
    """Import all of them: a row whose foreign key leads to a table that nobody has imported cannot be written."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
