"""Fault: a trained DIET raises `TypeError: Binding inputs to tf.function failed`.

Rasa hands NumPy arrays to a function whose signature wants tensors. TensorFlow used to turn them
into tensors on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any


def mend(models: ModuleType) -> None:
    """Turn a batch into tensors before it is predicted."""
    predict = models.RasaModel._rasa_predict

    def _rasa_predict(self: Any, batch_in: Sequence[Any]) -> Any:
        import numpy
        import tensorflow

        # A FeatureArray is an array with a shape of its own, which tensors do not know.
        batch = [tensorflow.convert_to_tensor(numpy.asarray(array)) for array in batch_in]
        return predict(self, batch)

    models.RasaModel._rasa_predict = _rasa_predict
