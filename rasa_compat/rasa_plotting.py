"""Fault: `rasa test` draws pictures with matplotlib, and fails at the end where it is absent.

The figures are in its report files all the same. Without matplotlib the pictures are left out,
and the log says so.
"""

from __future__ import annotations

import importlib.util
import logging
from types import ModuleType
from typing import Any

PICTURES = ("plot_confusion_matrix", "plot_paired_histogram", "plot_curve")
logger = logging.getLogger(__name__)


def mend(plotting: ModuleType) -> None:
    """Leave the pictures out when matplotlib is not really installed."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is not None and spec.origin is not None:  # a stand-in has no file
        return

    def left_out(*args: Any, **kwargs: Any) -> None:
        logger.warning("No picture is drawn: matplotlib is not installed.")

    for name in PICTURES:
        setattr(plotting, name, left_out)
