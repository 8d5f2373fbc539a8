"""Runs Rasa 3.6.21 on Python 3.11 to 3.13 with today's libraries and without TensorFlow.

Rasa's last open-source release pins libraries of 2021 to 2023. Each module here mends one of
them: it names the fault, and changes the module at fault right after Python has loaded it.
Nothing but `importlib` is imported until Rasa itself is.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
from collections.abc import Sequence
from types import ModuleType

RASA_VERSION = "3.6.21"

# Module at fault -> the module here that mends it with `mend(module)`.
MENDS = {
    "numpy": "rasa_compat.numpy_names",
    "packaging.version": "rasa_compat.packaging_names",
    "rasa.core.actions.action": "rasa_compat.rasa_action_schema",
    "rasa.core.agent": "rasa_compat.rasa_agent",
    "rasa.core.channels.console": "rasa_compat.rasa_console",
    "rasa.core.processor": "rasa_compat.rasa_processor",
    "rasa.core.tracker_store": "rasa_compat.rasa_tracker_store",
    "rasa.utils.common": "rasa_compat.rasa_warnings",
    "rasa.utils.plotting": "rasa_compat.rasa_plotting",
    "rasa.utils.endpoints": "rasa_compat.rasa_endpoints",
    "rasa.utils.tensorflow.feature_array": "rasa_compat.rasa_feature_array",
    "rasa.utils.tensorflow.models": "rasa_compat.rasa_diet",
    "rasa.server": "rasa_compat.rasa_cors",
    "rasa.telemetry": "rasa_compat.rasa_telemetry",
    "rasa_sdk.endpoint": "rasa_compat.rasa_sdk_endpoint",
    "sanic.app": "rasa_compat.sanic_process",
    "sanic.mixins.startup": "rasa_compat.sanic_logs",
    "sanic.response": "rasa_compat.sanic_stream",
}


class RasaVersionError(ImportError):
    """Rasa is missing, or is not the release that these mends were written for."""


def check_rasa_version() -> None:
    """Raise `RasaVersionError` unless the installed Rasa is exactly `RASA_VERSION`."""
    try:
        found = importlib.metadata.version("rasa")
    except importlib.metadata.PackageNotFoundError:
        found = "no Rasa"
    if found != RASA_VERSION:
        raise RasaVersionError(
            f"rasa_compat mends Rasa {RASA_VERSION}, but {found} is installed. "
            "Run `make setup` to install the locked packages."
        )


class _MendFinder(importlib.abc.MetaPathFinder):
    """Lets Python load a module as usual, then hands it to its mend."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "rasa":
            check_rasa_version()
            from rasa_compat import absent, keras_names

            keras_names.activate()
            absent.activate()
        if fullname not in MENDS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            importlib.import_module(MENDS[fullname]).mend(module)

        spec.loader.exec_module = exec_module  # this one loader only, not its class
        return spec


def activate() -> None:
    """Put the mends in front of Python's import system; a second call changes nothing."""
    if not any(isinstance(finder, _MendFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _MendFinder())
