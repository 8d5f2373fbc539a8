"""The report stands alone: no script, no other file, well-formed pictures, all its figures."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from scarwise.evaluation import page
from scarwise.evaluation.alarms import AlarmCase, AlarmFindings, AlarmRow
from scarwise.evaluation.comparison import compare
from scarwise.evaluation.curves import Guess, alarm_curve, curve
from scarwise.evaluation.drawing import Plot, svg
from scarwise.evaluation.measures import share
from scarwise.evaluation.scoring import Findings, Miss, TopicRow


def findings() -> Findings:
    ours = [Guess(i / 20, i > 6) for i in range(20)]
    line = curve(ours, [Guess(0.3, False)])
    return Findings(
        measures=[share("right_answered", {str(i): i < 18 for i in range(20)})],
        topics=[TopicRow("cost", 9, 8, 0, 1, 0, "(refused) 1")],
        confusions=[("cost", "insurance", 3)],
        worst=[Miss("is <b>this</b> & that dear?", "cost", ("pain",), (), 0.91)],
        curve=line,
        thresholds={"sure": 0.6, "answer": 0.2, "near": 0.3},
        rivals={"Scarwise": line, "Other": line},
        alarms=AlarmFindings(
            rows=[
                AlarmRow("crisis", 105, 98, 94, 6, 1, 93, 34),
                AlarmRow("look-alike", 490, 11, None, 60, 419, 12, 84),
            ],
            missed=[AlarmCase("no <way> out", "crisis", "answered: cost", 0.011, 0.02, 1)],
            false=[AlarmCase("dying to see it", "look-alike", "interrupted: crisis", 0.9, 0.7, 2)],
            curves={"signs alone": alarm_curve([3, 1, 0], [1, 0, 0])},
            marks={"note 0.02": 0.25},
        ),
        notes=["One note."],
    )


@pytest.fixture
def html() -> str:
    found = findings()
    return page.page("A report", page.sections(found, []), found.notes)


def test_the_page_needs_nothing_else(html):
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import", html)


def test_the_page_closes_what_it_opens(html):
    open_tags: list[str] = []

    class Closing(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "meta":
                open_tags.append(tag)

        def handle_startendtag(self, tag, attrs):
            """Lines and polylines close themselves."""

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Closing().feed(html)
    assert open_tags == []


def test_the_page_tells_figure_count_interval_and_bounds(html):
    for said in ("90.0 %", "18 of 20", "69.9 % to 97.2 %", "at least 90.0 %", "95.0 %",
                 "limit reached", "One note.", "insurance"):  # fmt: skip
        assert said in html, said


def test_what_patients_write_is_text_and_never_markup(html):
    assert "is &lt;b&gt;this&lt;/b&gt; &amp; that dear?" in html


def test_every_miss_and_every_false_alarm_of_the_danger_check_is_shown():
    parts = dict(page.sections(findings(), []))
    assert "no &lt;way&gt; out" in parts["Danger that was missed"]
    assert "0.011" in parts["Danger that was missed"]
    assert "dying to see it" in parts["Interrupted without danger"]
    assert parts["Danger that was only noted, or taken for another kind"] == "<p>None.</p>"


def test_the_danger_check_is_shown_by_kind_and_as_a_curve():
    part = dict(page.sections(findings(), []))["Danger"]
    for said in (">crisis<", ">94<", ">look-alike<", ">419<", "signs alone", ">note 0.02</text>"):
        assert said in part, said
    assert part.count("<polyline") == 1


def test_thresholds_on_the_confidence_scale_are_marked(html):
    assert ">sure 0.6</text>" in html
    assert ">answer 0.2</text>" in html
    assert ">near 0.3</text>" not in html


def test_a_comparison_marks_what_is_worse():
    was = share("right_answered", {str(i): True for i in range(20)})
    baseline = {"right_answered": page_kept(was)}
    verdicts = compare(findings().measures, baseline)
    parts = dict(page.sections(findings(), verdicts))
    assert "right_answered: was 100.0 %, is 90.0 %" in parts["Against the baseline"]


def page_kept(measure):
    from scarwise.evaluation.comparison import Kept

    return Kept(**{name: getattr(measure, name) for name in Kept.model_fields})


def test_the_json_says_the_same():
    found = page.as_json(findings(), [])
    found = json.loads(json.dumps(found, allow_nan=False))
    assert found["danger"]["missed"][0]["text"] == "no <way> out"
    assert found["danger"]["curves"]["signs alone"][0]["threshold"] == 3.0
    again = found["measures"]["right_answered"]
    assert (again["value"], again["count"], again["of"]) == (0.9, 18, 20)
    assert (again["limit"], again["reached"]) == (0.9, "limit")


def test_a_plot_is_well_formed_and_stays_in_its_frame():
    drawn = svg(Plot("A & B", "x", "y", {"line": [(0, 0), (0.5, 1.0), (1, 0.2)]}, {"here": 0.5}))
    root = ElementTree.fromstring(drawn)
    lines = [one for one in root.iter() if one.tag.endswith("polyline")]
    points = [tuple(map(float, pair.split(","))) for pair in lines[0].get("points").split()]
    assert all(0 <= x <= 640 and 0 <= y <= 360 for x, y in points)
    assert points[1][1] < points[2][1] < points[0][1]  # higher shares stand higher
