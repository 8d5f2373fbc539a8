"""`scarwise evaluate`: asks, scores, compares with the baseline and writes the report."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rasa.shared.utils.io import read_config_file

from scarwise import places
from scarwise.evaluation import page, public_sets, rivals, scoring
from scarwise.evaluation.alarms import alarm_measures, dangerous, look_alikes
from scarwise.evaluation.comparison import (
    BASELINE,
    Verdict,
    compare,
    narrowed,
    read_baseline,
    shown,
    write_baseline,
)
from scarwise.evaluation.curves import curve
from scarwise.evaluation.drawing import Plot, svg
from scarwise.evaluation.leaks import leaks, load_trained
from scarwise.evaluation.questions import TestSet, load_test_set, sample
from scarwise.evaluation.replies import Reply, Results
from scarwise.evaluation.running import FEWER, ask_all, noise_beside, read_all
from scarwise.evaluation.scoring import Findings
from scarwise.in_process import Assistant, NoModelError
from scarwise.knowledge.topics import load_topics
from scarwise.understanding.thresholds import Thresholds

REPORTS = places.HOME / "reports"
QUICK = (200, 100, 200)  # in scope, out of scope, danger and what looks like it
# What the model is trained from, in data/: a change that is younger than the model is not in it.
TRAINED_FROM = ("nlu", "messages", "follow_ups", "danger")
OURS = "Scarwise"


def thresholds_in_use() -> dict[str, float]:
    """The thresholds of the reader: those of config.yml over its own."""
    pipeline = read_config_file(places.CONFIG)["pipeline"]
    reader = next(one for one in pipeline if one["name"].endswith(".TopicReader"))
    limits = asdict(Thresholds(**reader.get("thresholds", {})))
    return {name: value for name, value in limits.items() if isinstance(value, (int, float))}


async def run_quick(questions: TestSet) -> tuple[TestSet, Results]:
    """The quick form: few single and danger messages, all several and dialogues, no noise."""
    few, results = sample(questions, *QUICK), Results()
    await ask_all(Assistant(), few, results)
    return few, results


def quick_verdicts(questions: TestSet, few: TestSet, results: Results) -> list[Verdict]:
    """The quick form's shares against the baseline, question by question where it knows them."""
    topics, kept = load_topics(), read_baseline().measures
    found = [
        *(one for one in scoring.in_scope_measures(few, results, topics) if one.items),
        *scoring.several_measures(few, results, topics),
        scoring.dialogue_measure(few, results),
        *alarm_measures(few, results),
    ]
    every, some = scoring.single_ids(questions), scoring.single_ids(few)
    for key in every.keys() & kept.keys():
        kept = {**kept, key: narrowed(key, kept[key], every[key], some[key])}
    return compare(found, kept)


def _stale_model() -> str | None:
    """A warning when the model is older than what it is trained from, else None."""
    newest = max((path.stat().st_mtime for path in places.MODELS.glob("*.tar.gz")), default=0.0)
    files = (path for name in TRAINED_FROM for path in (places.DATA / name).rglob("*.yml"))
    if max((path.stat().st_mtime for path in files), default=0.0) <= newest:
        return None
    return "The model is older than its data: run `make train` before trusting these figures."


def _leak_note(questions: TestSet) -> str:
    """Whether the figures may be trusted to be of unseen questions."""
    pairs = leaks(questions.texts(), load_trained())
    if not pairs:
        return "No test question stands in what the model learns from, or comes close to it."
    count = len({one.tested for one in pairs})
    return (
        f"{count} test questions stand in what the model learns from, or come close: the figures "
        "flatter. The tests list them; mend data/."
    )


async def _ask_rivals(questions: TestSet, notes: list[str]) -> list[rivals.Rival]:
    """Train and ask every classifier that can be; `notes` tells of those that cannot."""
    topics, asked = load_topics(), []
    for name in rivals.CONFIGS:
        if name == rivals.DIET and not rivals.has_tensorflow():
            notes.append(f"{name} was not compared: TensorFlow is not installed (`make diet`).")
            continue
        asked.append(await rivals.ask(name, questions, topics))
    return asked


def _add_rivals(
    questions: TestSet, results: Results, asked: list[rivals.Rival], findings: Findings
) -> None:
    """Add our lead over each classifier, and the curves of all, to `findings`."""
    topics = load_topics()
    right = scoring.first_right(questions, results, topics)
    refused = [Reply.of_reading(one).refused for one in results.foreign_readings.values()]
    share = sum(refused) / len(refused)
    findings.rivals[OURS] = curve(*scoring.guesses(questions, results, topics))
    for rival in asked:
        findings.rivals[rival.name] = curve(rival.ours, rival.foreign)
        findings.measures.append(rivals.lead(questions, right, share, rival))


async def run(questions: TestSet, with_rivals: bool) -> Findings:
    """The full run: time first and alone, then dialogues with the noise beside them."""
    started, results, assistant = time.monotonic(), Results(), Assistant()
    leaks_found, stale = _leak_note(questions), _stale_model()
    notes: list[str] = []
    asked: list[rivals.Rival] = []
    await read_all(assistant, questions, results)
    with noise_beside(questions, results):
        await ask_all(assistant, questions, results)
        if with_rivals:
            asked = await _ask_rivals(questions, notes)
    findings = scoring.score(questions, results, load_topics(), thresholds_in_use())
    if with_rivals:
        _add_rivals(questions, results, asked, findings)
    else:
        notes.append("Rasa's own classifiers were not compared in this run.")
    if stale:
        notes.append(stale)
        print(stale, file=sys.stderr)
    turns = sum(len(one.turns) for one in questions.dialogues)
    minutes = (time.monotonic() - started) / 60
    findings.notes = [
        (
            f"{len(questions.in_scope)} questions in scope, {len(questions.out_of_scope)} out of "
            f"scope, {len(questions.several)} messages with several questions or a long story, "
            f"{len(questions.dialogues)} dialogues of {turns} turns; {len(dangerous(questions))} "
            f"messages that show danger and {len(look_alikes(questions))} that look like it."
        ),
        leaks_found,
        (
            'Measured by "whole dialogue": guard, understanding, rules, actions and last check, as '
            'patients get it. "Reading alone": guard and understanding, the topics that would be '
            "answered; for the thousands of noisy and content-free messages, for time and for the "
            "comparison with classifiers."
        ),
        (
            "Right: the topic answered is the question's own, or one that answers it equally well. "
            "A topic without a vetted answer counts as not answered."
        ),
        (
            "Danger is caught when the danger reply interrupts, or when the quiet note stands "
            "above another reply. Alone, the classifier alarms from 50 % on, and one sign is "
            "enough; together they are weighed."
        ),
        (
            "Content-free: punctuation, emoji, digits, mashed keys, repeated symbols, and single "
            "letters but y, n and k, which are replies. Typing errors fall on all in-scope "
            f"questions, the other noises on {FEWER} of them."
        ),
        (
            "Intervals are Wilson's for shares, bootstrapped for macro-F1, Agresti and Min's for "
            "differences on the same questions. Asked topics and turns are counted one by one."
        ),
        f"The run took {minutes:.1f} minutes.",
        *notes,
    ]
    return findings


def _write(name: str, html: str, data: object) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    for suffix, text in (("html", html), ("json", json.dumps(data, indent=1) + "\n")):
        path = REPORTS / f"{name}.{suffix}"
        path.write_text(text, encoding="utf-8")
        print(f"wrote {places.shown(path)}")


def _print(findings: Findings) -> None:
    for one in findings.measures:
        unit = one.meaning.unit
        count = f", {one.count} of {one.of}" if unit == "share" else ""
        print(
            f"{one.meaning.title}: {shown(one.value, unit)}{count} "
            f"({shown(one.low, unit)} to {shown(one.high, unit)})"
            f"{'  ' + one.reached if one.reached else ''}"
        )


def _verdicts(findings: Findings, must: bool) -> list[Verdict]:
    """The comparison with the baseline; without one it is empty, or a fault when it `must` be."""
    if not must and not BASELINE.exists():
        return []
    return compare(findings.measures, read_baseline().measures)


def _public(options: argparse.Namespace) -> int:
    path, train = Path(options.public), Path(options.train) if options.train else None
    data = public_sets.read_public(path, options.format, train)
    if options.shots:
        shot = public_sets.few(data.train, options.shots)
        data = public_sets.PublicSet(shot, data.test, data.foreign)
    print(f"training on {len(data.train)} phrasings", file=sys.stderr, flush=True)
    found = public_sets.figures(data)
    said = public_sets.lines(found)
    print("\n".join(said))
    plot = Plot(
        "In-scope accuracy against out-of-scope recall", "out-of-scope recall",
        "in-scope questions answered right",
        {"recipe": sorted((p.foreign_refused, p.right) for p in found.curve)},
    )  # fmt: skip
    parts = [("Curve", svg(plot))] if found.foreign else []
    title = f"The recipe on {options.format}"
    _write(f"public_{options.format}", page.page(title, parts, said), asdict(found))
    return 0


def main(options: argparse.Namespace) -> int:
    """Run what `options` ask for; the exit code is 1 when `--check` finds a loss."""
    if options.public:
        return _public(options)
    if options.accept and not options.baseline_classifier:
        print("scarwise: --accept needs the whole run, classifiers too", file=sys.stderr)
        return 2
    questions = load_test_set()
    if options.check:
        read_baseline()  # a missing one is said before minutes of work
    try:
        findings = asyncio.run(run(questions, options.baseline_classifier))
    except NoModelError as error:
        print(f"scarwise: {error}", file=sys.stderr)
        return 1
    verdicts = _verdicts(findings, options.check)
    _print(findings)
    parts = page.sections(findings, verdicts)
    html = page.page("How well patients are understood", parts, findings.notes)
    _write("understanding", html, page.as_json(findings, verdicts))
    if options.accept:
        print(f"wrote {places.shown(write_baseline(findings.measures))}")
    if not options.check:
        return 0
    for one in verdicts:
        print(one)
    worse = [one.key for one in verdicts if one.worse]
    print(f"Worse than the baseline: {', '.join(worse)}" if worse else "No loss beyond noise.")
    return 1 if worse else 0
