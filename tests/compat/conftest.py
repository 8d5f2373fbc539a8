"""Shows a fault without its mend: the module at fault, loaded afresh beside the mended one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from types import ModuleType

import pytest

from scarwise import places

REPOSITORY = places.HOME


@pytest.fixture
def unmended() -> Callable[[str], ModuleType]:
    """Load the module `name` once more, under another name that no mend knows."""

    def load(name: str) -> ModuleType:
        origin = importlib.util.find_spec(name).origin
        spec = importlib.util.spec_from_file_location(f"unmended_{name.replace('.', '_')}", origin)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run code in an interpreter with this environment's packages: `mended` or as they come."""

    def run(code: str, mended: bool) -> subprocess.CompletedProcess[str]:
        # -S leaves out the environment's .pth files, and with them the mends.
        path = [str(REPOSITORY), sysconfig.get_path("purelib")]
        start = "import rasa_compat; rasa_compat.activate()\n" if mended else ""
        return subprocess.run(
            [sys.executable, "-S", "-W", "ignore", "-c", start + code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run
