"""Libraries that Rasa imports when it starts and that this engine never calls.

Rasa imports TensorFlow, every messenger's client and every database's driver, whatever the model
needs: about ten seconds and 400 MB. With rules and our own components none of it runs, so
`leave_out()`, called before the first import of Rasa, puts placeholders in their place. A
placeholder can be subclassed, used in an annotation or as a decorator; calling it raises
`LeftOutError`, so nothing can go wrong in silence.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

LEFT_OUT = frozenset(
    {
        "tensorflow",
        "keras",
        "tensorflow_hub",
        "tensorflow_text",
        "boto3",
        "botocore",
        "pymongo",
        "matplotlib",
        "aiogram",
        "fbmessenger",
        "mattermostwrapper",
        "rocketchat_API",
        "slack_sdk",
        "socketio",
        "twilio",
        "sklearn_crfsuite",
        "pycrfsuite",
        "questionary",
        "prompt_toolkit",
    }
)
TRAINING_ONLY = frozenset({"sklearn"})


class LeftOutError(RuntimeError):
    """Something called a library that `leave_out` keeps away."""


class _PlaceholderType(type):
    """The class of placeholders: any attribute of one is another."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__module__}.{cls.__qualname__}", name)

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if cls.__dict__.get("_placeholder") is not True:
            return super().__call__(*arguments, **options)
        if len(arguments) == 1 and not options and callable(arguments[0]):
            return arguments[0]
        raise LeftOutError(f"{cls.__module__}.{cls.__qualname__} is left out of this engine")

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls


def _placeholder(owner: str, name: str) -> Any:
    if name.endswith(("Error", "Exception", "Failure", "Timeout")):
        return type(name, (Exception,), {"__module__": owner})
    return _PlaceholderType(name, (), {"__module__": owner, "_placeholder": True})


class _PlaceholderModule(ModuleType):
    """A module in which every public name exists."""

    __path__ = []  # noqa: RUF012  read by the import system
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(self.__name__, name)
        setattr(self, name, value)
        return value


class _LeftOutFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of the left-out libraries and of everything below them."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: names are made when they are asked for."""


class _NotInstalledFinder(importlib.abc.MetaPathFinder):
    """Makes the left-out libraries look uninstalled to a library that asks whether they are there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in LEFT_OUT | {"torch", "mxnet", "cupy", "h5py"}:
            raise ModuleNotFoundError(f"{fullname} is left out of this engine", name=fullname)
        return None


def leave_out(*, serving: bool = False) -> None:
    """Put placeholders in place of the libraries in `LEFT_OUT`. Once is enough; more is harmless.

    `serving` leaves out what only training uses as well.

    :raises LeftOutError: one of them has been imported already.
    """
    if any(isinstance(finder, _LeftOutFinder) for finder in sys.meta_path):
        return
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    names = LEFT_OUT | TRAINING_ONLY if serving else LEFT_OUT
    present = sorted(name for name in names if name in sys.modules)
    if present:
        raise LeftOutError(f"too late to leave out {', '.join(present)}: imported already")
    absent = _NotInstalledFinder()
    sys.meta_path.insert(0, absent)
    try:
        import spacy  # noqa: F401  its backend asks which array libraries are installed
    finally:
        sys.meta_path.remove(absent)
    sys.meta_path.insert(0, _LeftOutFinder(names))
