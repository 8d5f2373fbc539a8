"""Fault: packaging 22 removed `LegacyVersion`, which Rasa imports for an `isinstance`."""

from __future__ import annotations

from types import ModuleType


def mend(version: ModuleType) -> None:
    """Offer a class of that name of which no version is an instance."""
    if not hasattr(version, "LegacyVersion"):
        version.LegacyVersion = type("LegacyVersion", (version.Version,), {})
