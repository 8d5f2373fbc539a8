"""What every test may ask for: a trained model, the assistant around it, a way to talk to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scarwise import places
from scarwise.dialogue.message import Message
from scarwise.in_process import Assistant

# A model that is older than one of these no longer fits the data.
SOURCES = (
    *(places.DATA / folder for folder in ("nlu", "rules", "stories")),
    places.DOMAIN,
    places.CONFIG,
)
# Models that tests train stay apart from the one that the clinic runs.
TEST_MODELS = places.CACHE / "test-models"

Talk = Callable[[str, str], Message]


def _newest(files: list[Path]) -> float:
    return max((file.stat().st_mtime for file in files), default=0.0)


def _is_fresh(models: Path) -> bool:
    """Whether the newest model in the folder `models` is newer than all that it is made of."""
    files = [file for source in SOURCES for file in [source, *source.rglob("*")] if file.is_file()]
    return _newest(list(models.glob("*.tar.gz"))) > _newest(files)


class _Progress(logging.Handler):
    """Shows which part is being trained, in spite of pytest's capture of all output."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        self._show(f"  {record.getMessage()}")


def _train(show: Callable[[str], None]) -> None:
    from rasa.model_training import train

    show("\nTraining the assistant once for these tests; this takes two to three minutes.")
    hooks = logging.getLogger("rasa.engine.training.hooks")
    progress, level = _Progress(show), hooks.level
    hooks.addHandler(progress)
    hooks.setLevel(logging.INFO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_MAX_CACHE_SIZE", "0")  # its cache does not see changes in modules
        try:
            train(
                str(places.DOMAIN),
                str(places.CONFIG),
                [str(places.DATA / folder) for folder in ("nlu", "rules", "stories")],
                output=str(TEST_MODELS),
                force_training=True,
            )
        finally:
            hooks.removeHandler(progress)
            hooks.setLevel(level)
    show("  Trained.")


@pytest.fixture(scope="session")
def trained_model(request: pytest.FixtureRequest) -> Path:
    """A folder whose newest model fits today's data; trained now when there is none."""
    for models in (places.MODELS, TEST_MODELS):
        if _is_fresh(models):
            return models
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def show(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(line, flush=True)

    _train(show)
    return TEST_MODELS


@pytest.fixture(scope="session")
def assistant(trained_model: Path) -> Assistant:
    """The whole assistant in this process, loaded once."""
    return Assistant(trained_model)


@pytest.fixture(scope="session")
def run() -> Iterator[Callable]:
    """Runs a coroutine to its end, on the one event loop of the session."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def talk(assistant: Assistant, run: Callable) -> Talk:
    """One turn with the assistant: `talk(sender, text)` gives what the patient reads."""
    return lambda sender, text: run(assistant.say(sender, text))
