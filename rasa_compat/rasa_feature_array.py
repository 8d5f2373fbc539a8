"""Fault: `FeatureArray` raises `KeyError('number_of_dimensions')` in every comparison.

NumPy before 1.25 swallowed that error inside `==`; today's NumPy passes it on. Computing on
the plain array is what was meant.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(feature_array: ModuleType) -> None:
    """Let NumPy functions see the plain array below a `FeatureArray`."""
    import numpy

    array_type = feature_array.FeatureArray

    def plain(value: Any) -> Any:
        return value.view(numpy.ndarray) if isinstance(value, array_type) else value

    def __array_ufunc__(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs.get("out"):
            kwargs["out"] = tuple(plain(out) for out in kwargs["out"])
        return getattr(ufunc, method)(*(plain(value) for value in inputs), **kwargs)

    array_type.__array_ufunc__ = __array_ufunc__
