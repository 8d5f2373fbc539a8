"""DIET, where TensorFlow is installed: Keras 2 under the names that Rasa knows, and tensors.

The tests bring small packages in TensorFlow's place: it is too big to install for every test.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from rasa_compat import rasa_diet

FAULT = "from keras.utils import tf_utils"
AS_RASA_DOES = f"""
{FAULT}
from keras import Model
from keras.utils.control_flow_util import smart_cond
import tensorflow.keras.backend as K
from tensorflow.keras.utils import Sequence
print(tf_utils.OF, Model, smart_cond, K.OF, Sequence)
"""
# Keras 2 as tf_keras has it, and the Keras 3 that comes with TensorFlow.
PACKAGES = {
    "tensorflow": "",
    "keras": "",
    "keras/utils": "",
    "tf_keras": "Model = 'Keras 2'",
    "tf_keras/backend": "OF = 'Keras 2'",
    "tf_keras/callbacks": "",
    "tf_keras/utils": "Sequence = 'Keras 2'",
    "tf_keras/src": "",
    "tf_keras/src/utils": "",
    "tf_keras/src/utils/tf_utils": "OF = 'Keras 2'",
    "tf_keras/src/utils/control_flow_util": "smart_cond = 'Keras 2'",
}


@pytest.fixture
def tensorflow(tmp_path: Path) -> str:
    """A line of code that makes the small packages be found."""
    for name, code in PACKAGES.items():
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "__init__.py").write_text(code + "\n", encoding="utf-8")
    return f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"


def test_rasa_finds_keras_2(tensorflow: str, python) -> None:
    without = python(tensorflow + FAULT, mended=False)
    assert "cannot import name 'tf_utils' from 'keras.utils'" in without.stderr
    mended = python(f"{tensorflow}import rasa\n{AS_RASA_DOES}", mended=True)
    assert (mended.stdout, mended.stderr) == (" ".join(["Keras 2"] * 5) + "\n", "")


def test_without_tensorflow_keras_stays_absent(python) -> None:
    ran = python("import os, rasa; print('TF_USE_LEGACY_KERAS' in os.environ)", mended=True)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_a_batch_is_predicted_as_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    class RasaModel:
        def _rasa_predict(self, batch: list[object]) -> list[object]:
            return batch

    kit = ModuleType("tensorflow")
    kit.convert_to_tensor = lambda array: SimpleNamespace(of=type(array), value=array.tolist())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow", kit)
    rasa_diet.mend(SimpleNamespace(RasaModel=RasaModel))  # type: ignore[arg-type]

    class Features(np.ndarray):
        """As Rasa's own array, which tensors do not know."""

    batch = (np.array([1, 2]), np.array([3.5]).view(Features))
    found = RasaModel()._rasa_predict(batch)
    assert found == [SimpleNamespace(of=np.ndarray, value=[1, 2]),
                     SimpleNamespace(of=np.ndarray, value=[3.5])]  # fmt: skip
