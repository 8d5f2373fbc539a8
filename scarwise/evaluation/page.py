"""The report: one HTML page that needs no script and no other file, and the JSON beside it. Pure.

Test questions stand in it word for word; they are the project's own and no patient wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from scarwise.evaluation.alarms import AlarmCase, AlarmFindings, AlarmRow
from scarwise.evaluation.comparison import Verdict, shown
from scarwise.evaluation.curves import Point
from scarwise.evaluation.drawing import Plot, svg
from scarwise.evaluation.measures import Measure
from scarwise.evaluation.scoring import Findings, Miss

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;
color:#1c2329;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.9rem}
th,td{border-bottom:1px solid #d7dde2;padding:.3rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.goal{color:#1b6b34}.limit{color:#6b5a00}.missed,.worse{color:#a3211b;font-weight:600}
svg{width:100%;height:auto;font-size:11px}svg text{fill:#1c2329}
.grid{stroke:#e3e8ec}.mark{stroke:#555;stroke-dasharray:4 3}
figure{margin:1rem 0}figcaption{font-size:.85rem}h2{margin-top:2.2rem}
"""
REACHED = {"goal": "goal reached", "limit": "limit reached", "missed": "missed", None: ""}
LOWEST_CAUGHT = 0.5  # nobody would alarm so little; the curve shows what lies above
ROUTES = {"dialogue": "whole dialogue", "reading": "reading alone"}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: set[int]) -> str:
    """An HTML table; the columns in `numbers` stand flush right."""

    def cell(tag: str, column: int, value: object) -> str:
        kind = ' class="n"' if column in numbers else ""
        return f"<{tag}{kind}>{escape(str(value))}</{tag}>"

    head = "".join(cell("th", column, value) for column, value in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(cell("td", column, value) for column, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _figure(measure: Measure) -> tuple[str, str, str]:
    """Value, count and interval of a measure, as shown."""
    unit = measure.meaning.unit
    count = f"{measure.count} of {measure.of}" if unit == "share" else f"{measure.of}"
    low, high = shown(measure.low, unit), shown(measure.high, unit)
    return shown(measure.value, unit), count, f"{low} to {high}"


def _bounds(measure: Measure) -> tuple[str, str]:
    meaning = measure.meaning
    sign = "at least " if meaning.better == "high" else "at most "
    limit = "" if meaning.limit is None else sign + shown(meaning.limit, meaning.unit)
    goal = "" if meaning.goal is None else shown(meaning.goal, meaning.unit)
    return limit, goal


def _measures(measures: Sequence[Measure]) -> str:
    rows = []
    for one in measures:
        value, count, interval = _figure(one)
        cells = (one.meaning.title, value, count, interval, *_bounds(one))
        numbers = "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells[1:])
        rows.append(
            f"<tr><td>{escape(cells[0])}</td>{numbers}"
            f'<td class="{one.reached or ""}">{REACHED[one.reached]}</td>'
            f"<td>{ROUTES[one.meaning.route]}</td><td>{escape(one.note)}</td></tr>"
        )
    heads = ("Measure", "Figure", "Count", "95 % interval", "Limit", "Goal", "", "Measured by", "")
    head = "".join(f"<th>{one}</th>" for one in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _refusal_at(curve: Sequence[Point], threshold: float) -> float:
    """The share of in-scope messages refused at the curve's point nearest to `threshold`."""
    return min(curve, key=lambda one: abs(one.threshold - threshold)).refused


def refusal_plot(curve: Sequence[Point], thresholds: dict[str, float]) -> Plot:
    """Accuracy against refusal; those thresholds that lie on the confidence scale are marked."""
    marks = {
        f"{name} {value:g}": _refusal_at(curve, value)
        for name, value in thresholds.items()
        if name in ("sure", "answer", "ask_back")
    }
    return Plot(
        "Accuracy against refusal, over the reading's confidence",
        "in-scope messages refused",
        "share",
        {
            "right, of in-scope messages answered": [(p.refused, p.accuracy) for p in curve],
            "right, of all in-scope messages": [(p.refused, p.right) for p in curve],
            "out-of-scope messages refused": [(p.refused, p.foreign_refused) for p in curve],
            "wrong, of all in-scope messages": [(p.refused, p.wrong) for p in curve],
        },
        marks,
    )


def rivals_plot(rivals: dict[str, list[Point]]) -> Plot:
    """In-scope right answers against out-of-scope refusal, a line a classifier."""
    lines = {
        name: sorted((point.foreign_refused, point.right) for point in curve)
        for name, curve in rivals.items()
    }
    return Plot(
        "Beside Rasa's own classifiers: the same data, the same questions",
        "out-of-scope messages refused",
        "in-scope messages answered right",
        lines,
    )


def _misses(misses: Sequence[Miss]) -> str:
    rows = (
        (one.text, one.topic, ", ".join(one.given), ", ".join(one.offered), f"{one.confidence:.2f}")
        for one in misses
    )
    return table(("Question", "Asks for", "Answered", "Offered", "Confidence"), rows, {4})


def alarms_plot(alarms: AlarmFindings) -> Plot:
    """Danger caught against look-alikes alarmed; the limits in use are marked."""
    lines = {
        name: [(one.alarmed, one.caught) for one in line if one.caught >= LOWEST_CAUGHT]
        for name, line in alarms.curves.items()
    }
    return Plot(
        "Danger caught against look-alikes alarmed, over how likely danger is",
        "harmless look-alikes that alarm",
        "danger messages that alarm",
        lines,
        alarms.marks,
        lowest=LOWEST_CAUGHT,
    )


def _alarm_rows(rows: Sequence[AlarmRow]) -> str:
    heads = ("Messages", "Asked", "Interrupted", "As the right kind", "Noted", "Neither",
             "Classifier alone", "Signs alone")  # fmt: skip
    cells = (
        (one.sort, one.asked, one.interrupted, "" if one.right_kind is None else one.right_kind,
         one.noted, one.passed, one.by_classifier, one.by_signs)
        for one in rows
    )  # fmt: skip
    return table(heads, cells, set(range(1, len(heads))))


def _alarm_cases(cases: Sequence[AlarmCase]) -> str:
    if not cases:
        return "<p>None.</p>"
    rows = (
        (one.text, one.sort, one.given, f"{one.chance:.3f}", f"{one.classifier:.3f}", one.signs)
        for one in cases
    )
    heads = ("Message", "Is", "Got", "All weighed", "Classifier", "Signs")
    return table(heads, rows, {3, 4, 5})


def _alarm_parts(alarms: AlarmFindings) -> list[tuple[str, str]]:
    """The danger check's sections: how messages of each kind fared, and those that fared badly.

    No miss and no false alarm is left out: each is one patient's.
    """
    return [
        ("Danger", _alarm_rows(alarms.rows) + svg(alarms_plot(alarms))),
        ("Danger that was missed", _alarm_cases(alarms.missed)),
        ("Interrupted without danger", _alarm_cases(alarms.false)),
        ("Danger that was only noted, or taken for another kind", _alarm_cases(alarms.half_right)),
    ]


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "<p>There is no baseline to compare with.</p>"
    lines = "".join(
        f"<li{' class=worse' if one.worse else ''}>{escape(str(one))}</li>" for one in verdicts
    )
    return (
        "<p>Shares of the same questions are compared in pairs (Agresti and Min), others by both "
        "intervals (Newcombe). Worse: the whole 95 % interval of the change is on the bad side."
        f"</p><ul>{lines}</ul>"
    )


def sections(findings: Findings, verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    """The report's sections: heading and HTML."""
    limits = ", ".join(f"{name} {value:g}" for name, value in findings.thresholds.items())
    unserved = ", ".join(f"{name} {count}" for name, count in findings.unserved.most_common())
    found = [
        ("Figures", _measures(findings.measures)),
        ("Against the baseline", _verdicts(verdicts)),
        (
            "Accuracy against refusal",
            svg(refusal_plot(findings.curve, findings.thresholds))
            + f"<p>Thresholds in use: {escape(limits)}. A message that is declined before its "
            "topics are weighed counts as refused at every threshold.</p>",
        ),
    ]
    found += _alarm_parts(findings.alarms)
    if findings.rivals:
        found.append(("Beside Rasa's own classifiers", svg(rivals_plot(findings.rivals))))
    found += [
        (
            "Topics, worst first",
            table(
                ("Topic", "Asked", "Right", "Offered", "Refused", "Wrong", "Instead"),
                ((r.topic, r.asked, r.right, r.offered, r.refused, r.wrong, r.instead)
                 for r in findings.topics), {1, 2, 3, 4, 5},
            ),
        ),
        ("Confusions", table(("Asked", "Got", "Times"), findings.confusions, {2})),
        ("Surest wrong answers, in scope", _misses(findings.worst)),
        ("Surest answers to what is out of scope", _misses(findings.foreign_worst)),
        (
            "Content-free input that was answered",
            table(("Input", "Answered"), findings.noise_answered, set()),
        ),
        (
            "Understood, but no vetted answer is served",
            (f"<p>{escape(unserved) or 'None: every topic that was understood has its answer.'} "
            "Such questions count as not answered.</p>"),
        ),
    ]  # fmt: skip
    return found


def page(title: str, parts: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """One self-contained HTML page."""
    body = "".join(f"<h2>{escape(heading)}</h2>{html}" for heading, html in parts)
    said = "".join(f"<li>{escape(one)}</li>" for one in notes)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1><ul>{said}</ul>{body}</body></html>\n"
    )


def as_json(findings: Findings, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The report as plain JSON."""
    measures = {}
    for one in findings.measures:
        meaning = one.meaning
        measures[one.key] = {
            **asdict(one), "count": one.count, "title": meaning.title, "unit": meaning.unit,
            "better": meaning.better, "limit": meaning.limit, "goal": meaning.goal,
            "reached": one.reached, "measured_by": ROUTES[meaning.route],
        }  # fmt: skip
        del measures[one.key]["key"]
    return {
        "notes": findings.notes,
        "measures": measures,
        "baseline": [asdict(one) for one in verdicts],
        "thresholds": findings.thresholds,
        "curve": [asdict(one) for one in findings.curve],
        "rivals": {name: [asdict(one) for one in curve] for name, curve in findings.rivals.items()},
        "danger": asdict(findings.alarms),
        "topics": [asdict(one) for one in findings.topics],
        "confusions": [
            {"asked": asked, "got": got, "times": times}
            for asked, got, times in findings.confusions
        ],
        "worst": [asdict(one) for one in findings.worst],
        "out_of_scope_answered": [asdict(one) for one in findings.foreign_worst],
        "content_free_answered": findings.noise_answered,
        "without_answer": dict(findings.unserved),
    }
