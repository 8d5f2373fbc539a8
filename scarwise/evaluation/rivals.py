"""Rasa's own classifiers, trained on the same data and asked the same questions in the same run."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rasa.core.agent import Agent
from rasa.model_training import train_nlu

from scarwise import places
from scarwise.evaluation.curves import Guess, at_refusal
from scarwise.evaluation.measures import Measure, points_between
from scarwise.evaluation.questions import TestSet, accepted
from scarwise.evaluation.running import progress
from scarwise.knowledge.topics import OUT_OF_SCOPE, Topic

SPARSE = "Rasa: sparse features, logistic regression"
DIET = "Rasa: DIET"
CONFIGS = {SPARSE: "sparse_logistic.yml", DIET: "diet.yml"}
LEADS = {SPARSE: "lead_over_sparse", DIET: "lead_over_diet"}  # the measure of our lead over each


@dataclass(frozen=True)
class Rival:
    """A classifier's guesses for the in-scope and the out-of-scope questions, in their order."""

    name: str
    ours: list[Guess]
    foreign: list[Guess]


def has_tensorflow() -> bool:
    """Whether TensorFlow itself is installed; a stand-in for it is not enough."""
    try:
        importlib.metadata.version("tensorflow")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


async def _intents(agent: Agent, what: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    found = []
    for text in progress(what, texts):
        intent = (await agent.parse_message(text))["intent"]
        found.append((intent["name"] or "", float(intent["confidence"])))
    return found


def trained(name: str, folder: Path) -> Agent:
    """The rival `name`, trained on the project's phrasings into `folder`."""
    print(f"training {name}", file=sys.stderr, flush=True)
    config = places.HOME / "benchmarks" / CONFIGS[name]
    with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("ignore")  # Rasa names arguments that scikit-learn will give up
        path = train_nlu(str(config), str(places.DATA / "nlu"), str(folder))
    if path is None:
        raise RuntimeError(f"{places.shown(config)}: Rasa trained nothing; see its messages above")
    return Agent.load(path)


async def ask(name: str, questions: TestSet, topics: dict[str, Topic]) -> Rival:
    """Train the rival `name` and ask it the single questions."""
    with tempfile.TemporaryDirectory() as folder:
        agent = trained(name, Path(folder))
        found = await _intents(agent, name, [one.text for one in questions.in_scope])
        foreign = await _intents(agent, name, [one.text for one in questions.out_of_scope])
    ours = [
        Guess(-1.0 if intent == OUT_OF_SCOPE else confidence, intent in accepted(one, topics))
        for one, (intent, confidence) in zip(questions.in_scope, found, strict=True)
    ]
    apart = [
        Guess(-1.0 if intent == OUT_OF_SCOPE else confidence, False)
        for intent, confidence in foreign
    ]
    return Rival(name, ours, apart)


def lead(questions: TestSet, right: dict[str, bool], refused: float, rival: Rival) -> Measure:
    """How many points more we answer right than `rival` when it refuses as much as we do.

    `right` says of each in-scope question whether we answered it right, `refused` which share of
    the out-of-scope questions we refused.
    """
    at = at_refusal(rival.ours, rival.foreign, refused)
    theirs = {
        one.id: guess.right and guess.confidence >= at.threshold
        for one, guess in zip(questions.in_scope, rival.ours, strict=True)
    }
    note = (
        f"ours {100 * sum(right.values()) / len(right):.1f} %, theirs {100 * at.right:.1f} %; "
        f"out of scope refused: ours {100 * refused:.1f} %, theirs {100 * at.foreign_refused:.1f} %"
    )
    return points_between(LEADS[rival.name], theirs, right, note)
