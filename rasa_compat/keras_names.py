"""Fault: Rasa's DIET asks Keras for modules that only Keras 2 had.

It matters only where TensorFlow is installed, to compare with DIET: `tf_keras` is Keras 2 for
today's TensorFlow, and here takes the names under which Rasa knows it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType

# What Rasa imports -> what holds it today.
NAMES = {
    "keras": "tf_keras",
    "keras.utils": "tf_keras.src.utils",
    "keras.utils.control_flow_util": "tf_keras.src.utils.control_flow_util",
    "tensorflow.keras": "tf_keras",
    "tensorflow.keras.backend": "tf_keras.backend",
    "tensorflow.keras.callbacks": "tf_keras.callbacks",
    "tensorflow.keras.utils": "tf_keras.utils",
}


class _KerasFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in NAMES:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(NAMES[spec.name])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has run; it keeps the spec of its own name."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def activate() -> None:
    """Give Keras 2 its old names, if TensorFlow is there; a second call changes nothing."""
    known = any(isinstance(finder, _KerasFinder) for finder in sys.meta_path)
    if known or importlib.machinery.PathFinder.find_spec("tensorflow") is None:
        return
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # TensorFlow's own way to Keras 2
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.meta_path.insert(0, _KerasFinder())
