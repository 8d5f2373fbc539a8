"""Documents become passages: every sentence is found, once, and none is cut or lost."""

from __future__ import annotations

import re

import pytest

from scarwise import places
from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.documents import (
    FRONT_MATTER,
    REFERENCE,
    load_documents,
    parse_document,
    passages_by_id,
    sentences,
)

DOCUMENTS = sorted(load_documents().values(), key=lambda document: document.about.id)
SUPPLIED = load_documents()["scar-revision-surgery"]


def _body(document) -> str:
    text = document.path.read_text(encoding="utf-8")
    return FRONT_MATTER.match(text)[2]


def _written_lines(document) -> list[str]:
    lines = [line.strip() for line in _body(document).splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def test_every_sentence_of_the_supplied_document_is_a_passage() -> None:
    """Its sentences stand one a line, so the lines say independently what must be found."""
    assert [passage.text for passage in SUPPLIED.passages] == _written_lines(SUPPLIED)


def test_sections_of_the_supplied_document_in_their_order() -> None:
    sections = dict.fromkeys(passage.section for passage in SUPPLIED.passages)
    assert list(sections) == [
        "Living with a scar",
        "What is scar revision surgery?",
        "When is scar revision surgery necessary?",
        "Are there any risks involved with scar revision surgery?",
        "What to keep in mind",
        "A last word",
    ]


def test_supplied_document_names_its_source() -> None:
    assert [one.address for one in SUPPLIED.about.sources.values()] == ["000_8223a607975a90ea.txt"]
    assert all(passage.sources == ("supplied",) for passage in SUPPLIED.passages)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.about.id)
def test_no_letter_of_a_document_is_lost(document) -> None:
    written = " ".join(line.removeprefix("- ") for line in _written_lines(document))
    found = " ".join(passage.text for passage in document.passages)
    assert _letters(REFERENCE.sub("", written)) == _letters(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.about.id)
def test_a_passage_is_one_whole_sentence(document) -> None:
    for passage in document.passages:
        assert len(sentences(passage.text)) == 1, passage.id
        assert re.match(r"[A-Z0-9]", passage.text), passage.id
        assert passage.text[-1] in ".!?", passage.id


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.about.id)
def test_every_passage_is_cited(document) -> None:
    cited = {one for answer in load_answers().values() for one in answer.cited}
    assert [passage.id for passage in document.passages if passage.id not in cited] == []


def test_every_citation_is_a_passage() -> None:
    passages = passages_by_id(load_documents())
    missing = {
        answer.id: [one for one in answer.cited if one not in passages]
        for answer in load_answers().values()
    }
    assert {name: found for name, found in missing.items() if found} == {}


def test_passages_are_named_by_document_section_and_place() -> None:
    text = (
        "---\nid: one\ntitle: One\nlicense: none\nsources:\n"
        "  a: {publisher: A, title: A, address: a.txt, read: 2026-01-01}\n"
        "  b: {publisher: B, title: B, address: b.txt, read: 2026-01-01}\n---\n\n"
        "## First {#first}\n\nA scar fades.[^a] It can itch, e.g. at night.[^b][^a]\n\n"
        "- a list item[^b]\n\n## Second {#second}\n\nDr. Smith was right.[^a]\n"
    )
    document = parse_document(places.DATA / "documents" / "one.md", text)
    assert [(one.id, one.text, one.sources) for one in document.passages] == [
        ("one#first.1", "A scar fades.", ("a",)),
        ("one#first.2", "It can itch, e.g. at night.", ("b", "a")),
        ("one#first.3", "a list item", ("b",)),
        ("one#second.1", "Dr. Smith was right.", ("a",)),
    ]
