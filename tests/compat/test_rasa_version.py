"""The mends fit one release of Rasa; with any other the start is refused, and says why."""

from __future__ import annotations

import importlib.metadata

import pytest

import rasa_compat
from rasa_compat import RasaVersionError, check_rasa_version

MESSAGE = (
    "rasa_compat mends Rasa 3.6.21, but {found} is installed. Run `make setup` to install the "
    "locked packages."
)


@pytest.mark.parametrize("version", ["3.6.20", "3.6.22", "3.7.0", "3.6.21rc1", ""])
def test_another_release_is_refused(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    with pytest.raises(RasaVersionError) as refused:
        check_rasa_version()
    assert str(refused.value) == MESSAGE.format(found=version)


def test_no_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(RasaVersionError) as refused:
        check_rasa_version()
    assert str(refused.value) == MESSAGE.format(found="no Rasa")


def test_the_installed_release_is_the_one() -> None:
    assert rasa_compat.RASA_VERSION == "3.6.21"
    assert check_rasa_version() is None


def test_import_of_another_rasa_stops(python) -> None:
    ran = python(
        "import importlib.metadata\n"
        "importlib.metadata.version = lambda name: '3.6.20'\n"
        "import rasa",
        mended=True,
    )
    assert ran.returncode == 1
    assert ran.stderr.strip().splitlines()[-1] == (
        f"rasa_compat.RasaVersionError: {MESSAGE.format(found='3.6.20')}"
    )
