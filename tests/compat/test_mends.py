"""Each mend: the fault as it comes, and the fault mended."""

from __future__ import annotations

import numpy as np
import pytest

import rasa_compat
from rasa_compat import MENDS
from rasa_compat import __main__ as setup

# Faults that stop an import are shown by importing, with the mends and without.
IMPORTS = {
    "numpy_names": (
        "import numpy; numpy.VisibleDeprecationWarning",
        "has no attribute 'VisibleDeprecationWarning'",
    ),
    "packaging_names": (
        (
            "from packaging.version import LegacyVersion, Version\n"
            "assert not isinstance(Version('1.0'), LegacyVersion)"
        ),
        "cannot import name 'LegacyVersion'",
    ),
    "sanic_stream": (
        "import sanic.response; sanic.response.stream",
        "has no attribute 'stream'",
    ),
    "absent": (
        # What else stops Rasa is mended by hand here, so that only the absent packages are left.
        (
            "import numpy, packaging.version\n"
            "numpy.VisibleDeprecationWarning = Warning\n"
            "packaging.version.LegacyVersion = type('LegacyVersion', (), {})\n"
            "import rasa.core.agent, rasa.model_training"
        ),
        "No module named",
    ),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_import(name: str, python) -> None:
    code, fault = IMPORTS[name]
    without = python(code, mended=False)
    assert without.returncode == 1
    assert fault in without.stderr
    mended = python(code, mended=True)
    assert (mended.returncode, mended.stderr) == (0, "")


def test_pictures_are_left_out_where_matplotlib_is_absent(tmp_path, caplog) -> None:
    import rasa.utils.plotting as plotting

    picture = tmp_path / "matrix.png"
    plotting.plot_confusion_matrix(
        np.eye(2), classes=["a", "b"], title="matrix", output_file=str(picture)
    )
    assert not picture.exists()
    assert "No picture is drawn: matplotlib is not installed." in caplog.text


def test_a_package_that_is_absent_says_so_when_it_is_used() -> None:
    import tensorflow

    assert "site-packages" not in str(getattr(tensorflow, "__file__", ""))
    with pytest.raises(
        ImportError, match="Rasa asked for a package that Scarwise does not install"
    ):
        tensorflow.keras.Model()
    assert tensorflow.is_tensor(np.zeros(1)) is False


def test_an_installed_package_wins_over_its_stand_in() -> None:
    import google.protobuf

    assert "site-packages" in google.protobuf.__file__


# rasa.utils.endpoints: 300 s for an action server that hangs.


def test_time_limit_of_requests(unmended) -> None:
    import rasa.utils.endpoints as mended

    assert unmended("rasa.utils.endpoints").DEFAULT_REQUEST_TIMEOUT == 300
    assert mended.DEFAULT_REQUEST_TIMEOUT == 5.0


# rasa.core.actions.action: the schema of schemas, every time.


def test_schema_of_an_action_result_is_not_checked_each_time(
    unmended, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rasa.core.actions.action as mended
    from jsonschema.validators import validator_for

    schemas_checked = []
    validator = validator_for(mended.RemoteAction.action_response_format_spec())
    monkeypatch.setattr(validator, "check_schema", lambda *a, **k: schemas_checked.append(a))
    result = {"events": [{"event": "slot", "name": "x", "value": 1}], "responses": []}

    assert (
        unmended("rasa.core.actions.action").RemoteAction("a", None)._validate_action_result(result)
    )
    assert len(schemas_checked) == 1
    assert mended.RemoteAction("a", None)._validate_action_result(result)
    assert len(schemas_checked) == 1


@pytest.mark.parametrize("result", [None, [], {"events": 7}, {"events": [{"event": 1}]},
                                    {"responses": ["x"]}])  # fmt: skip
def test_wrong_action_result_is_still_refused(result: object) -> None:
    from jsonschema import ValidationError
    from rasa.core.actions.action import RemoteAction

    with pytest.raises(ValidationError):
        RemoteAction("a", None)._validate_action_result(result)


# rasa.core.agent: no place that every message and reply passes.


class _Agent:
    """As much of Rasa's agent as one message needs."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.processor = self
        self.lock_store = self
        self.tracker_store = self

    def is_ready(self) -> bool:
        return True

    def lock(self, sender: str) -> _Agent:
        return self

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def retrieve(self, sender: str) -> None:
        return None

    async def handle_message(self, message) -> list:
        self.seen.append(message.text)
        return []


def test_every_message_passes_the_guard_and_every_reply_the_last_check(unmended, run) -> None:
    import rasa.core.agent as mended
    from rasa.core.channels.channel import UserMessage

    agent = _Agent()
    original = unmended("rasa.core.agent").Agent.handle_message
    assert run(original(agent, UserMessage("/restart"))) == []  # silence, and a command
    assert agent.seen == ["/restart"]

    replies = run(mended.Agent.handle_message(agent, UserMessage("/restart")))
    assert agent.seen == ["/restart", "restart"]
    assert [reply["text"][:26] for reply in replies] == ["I cannot answer right now."]


# rasa.telemetry


def test_nothing_is_reported_to_anybody(unmended, monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa.telemetry as mended

    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    assert unmended("rasa.telemetry").is_telemetry_enabled() is True
    assert mended.is_telemetry_enabled() is False
    assert mended.initialize_telemetry() is False


def test_no_event_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa.telemetry
    import requests

    sent = []
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    monkeypatch.setenv("RASA_TELEMETRY_WRITE_KEY", "key")
    monkeypatch.setattr(requests, "post", lambda *a, **k: sent.append(a))
    rasa.telemetry.track_shell_started("rasa")
    rasa.telemetry.initialize_error_reporting()
    assert sent == []


# rasa.utils.tensorflow.feature_array


def test_feature_arrays_can_be_compared_and_computed_with(unmended) -> None:
    from rasa.utils.tensorflow.feature_array import FeatureArray as Mended

    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    broken = unmended("rasa.utils.tensorflow.feature_array").FeatureArray
    with pytest.raises(KeyError, match="number_of_dimensions"):
        broken(values, number_of_dimensions=2) == values  # noqa: B015

    array = Mended(values, number_of_dimensions=2)
    assert (array == 1.0).tolist() == [[True, False], [False, False]]
    assert (array == values).all()
    assert (array + array).tolist() == [[2.0, 4.0], [6.0, 8.0]]
    array += 1
    assert array.tolist() == [[2.0, 3.0], [4.0, 5.0]]


# sanic.app: worker processes for closures.


@pytest.mark.parametrize(
    ("arguments", "single"), [({}, True), ({"workers": 1}, True), ({"workers": 2}, False)]
)
def test_a_server_of_one_worker_runs_in_this_process(
    arguments: dict, single: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanic import Sanic

    monkeypatch.setattr(Sanic, "_app_registry", {})
    ran = []
    monkeypatch.setattr(Sanic, "prepare", lambda self, **options: ran.append(options))
    monkeypatch.setattr(Sanic, "serve_single", classmethod(lambda cls, primary: ran.append("one")))
    monkeypatch.setattr(Sanic, "serve", classmethod(lambda cls, primary: ran.append("many")))
    Sanic("mended").run(port=0, **arguments)
    assert ran[0]["single_process"] is single
    assert ran[1] == ("one" if single else "many")


def test_sanic_as_it_comes_starts_processes(unmended, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = unmended("sanic.app").Sanic
    ran = []
    monkeypatch.setattr(broken, "prepare", lambda self, **options: None)
    monkeypatch.setattr(broken, "serve_single", classmethod(lambda cls, primary: ran.append("one")))
    monkeypatch.setattr(broken, "serve", classmethod(lambda cls, primary: ran.append("many")))
    broken("broken").run(port=0)
    assert ran == ["many"]


# rasa.server: each door says itself which websites may come.


def test_rasa_answers_no_browser_unless_it_is_asked_to() -> None:
    from rasa.server import configure_cors
    from sanic import Sanic

    quiet, asked = Sanic("answers_none"), Sanic("answers")
    configure_cors(quiet, None)
    configure_cors(asked, "https://www.clinic.example")
    assert (len(quiet.request_middleware), len(asked.request_middleware)) == (0, 1)


# All mends.


@pytest.mark.parametrize("module", MENDS.values())
def test_every_mend_names_its_fault_and_has_a_test(module: str) -> None:
    import importlib

    assert importlib.import_module(module).__doc__.startswith("Fault: ")


def test_activating_twice_changes_nothing() -> None:
    import sys

    before = list(sys.meta_path)
    rasa_compat.activate()
    assert sys.meta_path == before


def test_set_up_writes_one_line_for_the_environment(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.sysconfig, "get_path", lambda name: str(tmp_path))
    setup.main()
    line = (tmp_path / "rasa_compat_activate.pth").read_text(encoding="utf-8")
    assert line.count("\n") == 1
    assert line.startswith("import ")
