"""Fault: NumPy 2 moved `VisibleDeprecationWarning`, which Rasa reads from the top level."""

from __future__ import annotations

from types import ModuleType


def mend(numpy: ModuleType) -> None:
    """Offer the name in its old place."""
    if not hasattr(numpy, "VisibleDeprecationWarning"):
        numpy.VisibleDeprecationWarning = numpy.exceptions.VisibleDeprecationWarning
