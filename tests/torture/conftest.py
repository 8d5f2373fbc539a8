"""One server for all that is done to it here, and the table of figures at the end.

`make test` plays a few of everything; `make torture` sets TORTURE=1 and plays all of it, and
TORTURE=0.1 a tenth.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doors.running import Home, Serving

from .patients import Assailed

SHARE = float(os.environ.get("TORTURE") or 0)
Figures = Callable[[str, str], None]
TABLE = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture(scope="session")
def many() -> Callable[[int, int], int]:
    """How many of something: the first number for `make torture`, the second for `make test`."""
    return lambda full, small: max(round(full * SHARE), small)


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """Keeps a line of the table: what was done, and what came of it."""
    lines = request.config.stash.setdefault(TABLE, [])
    return lambda what, came: lines.append((what, came))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, after the long run only."""
    lines = terminalreporter.config.stash.get(TABLE, [])
    if not SHARE or not lines:
        return
    terminalreporter.section("what was done to it")
    wide = max(len(what) for what, _ in lines)
    for what, came in lines:
        terminalreporter.write_line(f"{what:<{wide}}  {came}")


@pytest.fixture(scope="session")
def assailed(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assailed]:
    """`scarwise run` in a folder of its own, whose actions fail when they are told to."""
    home = Home(tmp_path_factory.mktemp("torture"), trained_model)
    found = Assailed(home)
    found.serving = Serving(home)
    yield found
    found.serving.stop()
