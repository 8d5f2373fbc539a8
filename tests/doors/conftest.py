"""What the tests of the doors share: a folder to run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import Home


@pytest.fixture(scope="module")
def home(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A folder to run in, one for each module of tests."""
    return Home(tmp_path_factory.mktemp("home"), trained_model)
