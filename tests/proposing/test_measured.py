"""How well a new document is matched and contradictions are found, on the project's own documents.

Each document is hidden in turn with all that cites it, and proposed as if it were new. The floors
are a little below what was measured.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

import pytest

from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.documents import load_documents
from scarwise.proposing.differences import findings
from scarwise.proposing.documents import NewDocument, read_document
from scarwise.proposing.matching import Match, Matcher, encode

from .seeded import denied, other_figures


@pytest.fixture(scope="module")
def hidden() -> dict[str, list[Match]]:
    """The matches of each document against all the others."""
    return {
        one.about.id: Matcher(without=one.about.id).match(read_document(one.path))
        for one in load_documents().values()
    }


def test_passages_find_the_topics_of_the_answers_that_cite_them(hidden) -> None:
    cited: dict[str, set[str]] = defaultdict(set)
    for answer in load_answers().values():
        for one in answer.cited:
            cited[one].add(answer.topic)
    first = among = covered = total = 0
    for document in load_documents().values():
        for passage, match in zip(document.passages, hidden[document.about.id], strict=True):
            total += 1
            first += bool(set(match.topics[:1]) & cited[passage.id])
            among += bool(set(match.topics) & cited[passage.id])
            covered += bool(match.topics)
    figures = f"top 1 {first / total:.3f}, top 3 {among / total:.3f}, covered {covered / total:.3f}"
    print(f"{total} passages: {figures}")
    assert first / total >= 0.57, figures
    assert among / total >= 0.73, figures
    assert covered / total >= 0.97, figures


def test_documents_that_contradict_nothing_give_few_alarms(hidden) -> None:
    alarms = sum(bool(match.differing) for found in hidden.values() for match in found)
    total = sum(map(len, hidden.values()))
    print(f"{alarms} alarms in {total} passages of unchanged documents")
    assert alarms / total <= 0.05
    served = Matcher()
    for document in load_documents().values():  # what is served word for word
        assert not any(one.differing for one in served.match(read_document(document.path)))


OFF_SUBJECT = (
    "Parking is free for visitors on Sundays. The cafe on the ground floor sells soup and bread. "
    "Our train station is two streets away. Bring your library card to borrow a book. The knee "
    "joint is the largest joint of the body. Eat five portions of fruit and vegetables each day. "
    "Wash your hands before you cook. Vaccines protect you from flu. Diabetes is a disease in "
    "which blood sugar is too high. A root canal removes the nerve of a tooth. Asthma inhalers "
    "open the airways. Your pharmacist can tell you how to store insulin. Children should see a "
    "dentist twice a year. The board meets each month to vote on the budget. Please turn off your "
    "phone in the waiting room. The museum opens at nine. Exercise keeps the heart strong. Hearing "
    "aids need new batteries each week. Complaints are answered within ten days. The ward has "
    "twelve beds. Broken bones are held in a cast."
)


@pytest.mark.parametrize("heading", ["Your stay in our hospital", "Recovery after scar revision"])
def test_other_subjects_are_covered_by_no_topic(heading: str, tmp_path) -> None:
    path = tmp_path / "stay.md"
    path.write_text(f"# {heading}\n\n{OFF_SUBJECT}\n", encoding="utf-8")
    found = Matcher().match(read_document(path))
    assert len(found) == 21
    assert sum(bool(one.topics) for one in found) <= 2


def changed(document: NewDocument, change) -> tuple[NewDocument, set[str]]:
    """The document with every sentence changed that can be; the ids of these."""
    ids = set()

    def passage(one):
        text = change(one.text)
        if text and text != one.text:
            ids.add(one.id)
            return replace(one, text=text)
        return one

    sections = tuple(
        replace(section, blocks=tuple((block, tuple(map(passage, found)))
                                      for block, found in section.blocks))
        for section in document.sections
    )  # fmt: skip
    return replace(document, sections=sections), ids


def figures(text: str) -> str | None:
    return other_figures(text, random.Random(text))


@pytest.mark.parametrize(
    ("change", "kind", "against_all", "against_answers"),
    [(figures, "figures", 0.98, 0.92), (denied, "denial", 0.96, 0.76)],
)
def test_seeded_contradictions_are_found(change, kind, against_all, against_answers) -> None:
    """Against all that is served; and, harder, with the document itself taken from it, so that
    only the answers' own plain words are left to compare with."""
    matcher = Matcher()
    seeded = found = found_in_answers = 0
    for document in load_documents().values():
        new, ids = changed(read_document(document.path), change)
        others = [at for at, one in enumerate(matcher.served)
                  if one.place.partition("#")[0] != document.about.id]  # fmt: skip
        sentences = [matcher.sentences[at] for at in others]
        for match in matcher.match(new):
            if match.passage.id not in ids:
                continue
            seeded += 1
            found += any(one.finding.difference.kind == kind for one in match.differing)
            near = matcher.vectors[others] @ encode([match.passage.text.lower()])[0]
            mine = findings(matcher.sentence(match.passage.text), sentences, near.tolist())
            found_in_answers += any(one.difference.kind == kind for one in mine)
    told = f"{kind}: {found} and, by the answers alone, {found_in_answers} of {seeded}"
    print(told)
    assert seeded >= 40
    assert found / seeded >= against_all, told
    assert found_in_answers / seeded >= against_answers, told
