"""The committed baseline, and whether a run is worse than it beyond noise.

Shares of the same questions are compared in pairs, question by question; everything else by the
intervals of both figures. Worse means that the 95 % interval of the change lies wholly on the
bad side of nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from scarwise import places
from scarwise.datafile import Schema, read_text
from scarwise.evaluation.intervals import apart, paired, wilson
from scarwise.evaluation.measures import MEANINGS, Measure, digest
from scarwise.faults import FaultyDataError, fault

BASELINE = places.HOME / "benchmarks" / "baseline.json"
# Time depends on the machine: slower is a fault only beyond the table's limit and this factor.
SLOWER = 1.5


class Kept(Schema):
    """One figure of the baseline."""

    value: float
    low: float
    high: float
    of: int
    items: str = ""
    bad: tuple[str, ...] = ()


class Baseline(Schema):
    """The committed figures by measure."""

    measures: dict[str, Kept]


@dataclass(frozen=True)
class Verdict:
    """One measure against its baseline, in the measure's unit; `test` says how it was compared."""

    key: str
    was: float
    now: float
    allowed: float
    test: str
    worse: bool

    def __str__(self) -> str:
        unit = MEANINGS[self.key].unit
        was, now, allowed = (shown(one, unit) for one in (self.was, self.now, self.allowed))
        mark = "  WORSE" if self.worse else ""
        return f"{self.key}: was {was}, is {now}, allowed {allowed} ({self.test}){mark}"


def shown(value: float, unit: str) -> str:
    """`value` as people read it."""
    if unit == "share":
        return f"{100 * value:.1f} %"
    return {"ms": f"{value:.1f} ms", "points": f"{value:.1f} points"}.get(unit, f"{value:.3f}")


def read_baseline(path: Path | None = None) -> Baseline:
    """The baseline; raises `FaultyDataError` when there is none."""
    path = path or BASELINE
    if not path.exists():
        message = "is missing; run `scarwise evaluate --accept` when the figures are right"
        raise FaultyDataError([fault(path, message)])
    try:
        return Baseline.model_validate_json(read_text(path))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(step) for step in problem["loc"])
        message = f"{place}: {problem['msg']}; run `scarwise evaluate --accept`"
        raise FaultyDataError([fault(path, message)]) from None


def write_baseline(measures: Iterable[Measure], path: Path | None = None) -> Path:
    """Make `measures` the baseline."""
    path = path or BASELINE
    kept = {one.key: {name: value for name, value in asdict(one).items()
                      if name in Kept.model_fields} for one in measures}  # fmt: skip
    for fields in kept.values():
        for name in ("value", "low", "high"):
            fields[name] = round(fields[name], 6)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"measures": kept}, indent=1) + "\n", encoding="utf-8")
    return path


def narrowed(key: str, kept: Kept, every: Collection[str], some: Collection[str]) -> Kept:
    """`kept` for `some` of the questions `every` that it was measured on.

    When the questions have changed since, it stays as it is.
    """
    if MEANINGS[key].unit != "share" or digest(every) != kept.items:
        return kept
    wanted = set(some)
    bad = tuple(one for one in kept.bad if one in wanted)
    hits = len(wanted) - len(bad) if MEANINGS[key].better == "high" else len(bad)
    low, high = wilson(hits, len(wanted))
    value = hits / len(wanted) if wanted else 0.0
    return Kept(value=value, low=low, high=high, of=len(wanted), items=digest(wanted), bad=bad)


def _verdict(measure: Measure, kept: Kept) -> Verdict:
    meaning = measure.meaning
    if meaning.unit == "ms":
        allowed = max(kept.value * SLOWER, meaning.limit or 0.0)
        worse = measure.value > allowed
        return Verdict(measure.key, kept.value, measure.value, allowed, "time", worse)
    sign = 1 if meaning.better == "high" else -1
    if meaning.unit == "share" and kept.items == measure.items:
        lost = len(set(measure.bad) - set(kept.bad))
        gained = len(set(kept.bad) - set(measure.bad))
        low, high = paired(lost, gained, measure.of)  # of what went well, whatever is counted
        low, high, test = (low, high, "paired") if sign > 0 else (-high, -low, "paired")
    else:
        within, now_within = (kept.low, kept.high), (measure.low, measure.high)
        low, high = apart(kept.value, within, measure.value, now_within)
        test = "two proportions" if meaning.unit == "share" else "two intervals"
    change = measure.value - kept.value
    slack = high - change if sign > 0 else change - low
    worse = high < 0 if sign > 0 else low > 0
    return Verdict(measure.key, kept.value, measure.value, kept.value - sign * slack, test, worse)


def compare(measures: Iterable[Measure], baseline: Mapping[str, Kept]) -> list[Verdict]:
    """Every measure that the baseline knows against it, in the order of `measures`."""
    return [_verdict(one, baseline[one.key]) for one in measures if one.key in baseline]
