"""Fault: Rasa imports TensorFlow and the kits of channels, brokers and clouds at start.

Scarwise uses none of them. Where one is not installed, an inert stand-in takes its place in
`import`; creating one of its classes raises an `ImportError` that names what is missing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

STAND_INS = frozenset(
    {
        "aio_pika", "aiogram", "aiormq", "boto3", "botocore", "cachecontrol", "fbmessenger",
        "google", "keras", "matplotlib", "pymongo", "sentry_sdk", "slack_sdk",
        "structlog_sentry", "tensorflow", "twilio", "webexteamssdk",
    }
)  # fmt: skip
# `google` is shared by many packages: where protobuf has brought it, these are still missing.
STAND_IN_SUBMODULES = frozenset({"google.auth", "google.oauth2"})


class _StandInType(type):
    """Any attribute of a stand-in class is the class again, so class bodies can use it."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __or__(cls, other: Any) -> Any:  # annotations such as `tf.Tensor | None`
        return cls

    __ror__ = __or__


class _StandIn(Exception, metaclass=_StandInType):
    """Stands for every class of a package that is not installed; cannot be created."""

    def __new__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImportError(
            f"{cls.__name__}: Rasa asked for a package that Scarwise does not install "
            f"(one of: {', '.join(sorted(STAND_INS))})."
        )


class _PassOn:
    """Stands for the log processor of Sentry, which Rasa puts into every log chain."""

    def __init__(self, **options: Any) -> None:
        """It takes whatever options Rasa gives."""

    def __call__(self, logger: Any, method: str, event: Any) -> Any:
        return event


class _StandInModule(ModuleType):
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last, so that an installed package always wins."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        parent = sys.modules.get(fullname.rpartition(".")[0])
        wanted = fullname in STAND_INS or fullname in STAND_IN_SUBMODULES
        if wanted or isinstance(parent, _StandInModule):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []
        if module.__name__ == "tensorflow":  # NumPy-aware libraries ask it about any value
            module.is_tensor = lambda value: False
        if module.__name__ == "structlog_sentry":
            module.SentryProcessor = _PassOn


def activate() -> None:
    """Put the stand-ins behind Python's own finders; a second call changes nothing."""
    if not any(isinstance(finder, _StandInFinder) for finder in sys.meta_path):
        sys.meta_path.append(_StandInFinder())
