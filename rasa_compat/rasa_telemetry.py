"""Fault: Rasa reports usage and crashes to its maker unless every user opts out.

An assistant for patients reports to nobody.
"""

from __future__ import annotations

from types import ModuleType


def mend(telemetry: ModuleType) -> None:
    """Turn both kinds of report off."""
    telemetry.is_telemetry_enabled = lambda: False
    telemetry.initialize_telemetry = lambda: False
    telemetry.initialize_error_reporting = lambda: None
