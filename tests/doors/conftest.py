"""What the tests of the doors share: a folder to run in, and databases of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scarwise.storage.database import database_url, open_engine

from .postgresql import running_postgresql
from .running import Home


@pytest.fixture(scope="module")
def home(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A folder to run in, one for each module of tests."""
    return Home(tmp_path_factory.mktemp("home"), trained_model)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL database."""
    with running_postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """An engine for an empty database of each kind, which is also the one of the settings."""
    address = f"sqlite:///{tmp_path / 'var' / 'conversations.db'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql")
    monkeypatch.setenv("SCARWISE_DATABASE_URL", address)
    engine = open_engine(database_url())
    yield engine
    tables = sa.MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()
