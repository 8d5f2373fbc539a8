"""What is built from the data: the same bytes every time, and never edited by hand unseen."""

from __future__ import annotations

import os
import subprocess
import sys

from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from scarwise import places
from scarwise.knowledge import build
from scarwise.knowledge.questions import load_questions
from scarwise.knowledge.terms import load_terms

REPOSITORY = places.HOME


def _built(home, seed: str) -> dict[str, bytes]:
    """The built files, written from nothing by a process with its own order of sets."""
    for path in build.built_files():
        if path != places.DOMAIN:
            path.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "scarwise.cli", "build"],
        env={**os.environ, "SCARWISE_HOME": str(home.path), "PYTHONHASHSEED": seed,
             "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {str(path): path.read_bytes() for path in build.built_files()}


def test_built_twice_is_equal_to_the_byte(home) -> None:
    first, second = _built(home, "1"), _built(home, "2")
    assert len(first) == 12
    assert first == second


def test_committed_files_are_up_to_date() -> None:
    assert [str(fault) for fault in build.stale()] == []


def test_build_check_of_fresh_files(home) -> None:
    ran = home.run("build", "--check")
    assert (ran.code, ran.out) == (0, "Built files are up to date.\n")


def test_build_check_of_a_stale_file(home) -> None:
    home.change("data/rules/topics.yml", "- rule: risks\n", "- rule: risk\n")
    ran = home.run("build", "--check")
    assert ran.code == 1
    assert ran.out == (
        "data/rules/topics.yml: is stale; run scarwise build\nBuilt files are stale.\n"
    )


def test_check_of_the_build_writes_nothing(home) -> None:
    home.add("data/nlu/clinic.yml", "    - edited by hand\n")
    home.run("build", "--check")
    assert "edited by hand" in (home.path / "data/nlu/clinic.yml").read_text(encoding="utf-8")


def test_build_writes_what_changed_and_nothing_else(home) -> None:
    home.add("data/questions/about_scar_revision/risks.yml", "    - has it a dark side\n")
    assert home.run("build").out == "wrote data/nlu/about_scar_revision.yml\n"
    assert home.run("build").out == ""


def test_build_keeps_the_hand_written_part_of_the_domain(home) -> None:
    home.change("domain.yml", "session_expiration_time: 60  # minutes",
                "session_expiration_time: 30  # minutes")  # fmt: skip
    assert home.run("build", "--check").code == 0
    home.build()
    domain = (home.path / "domain.yml").read_text(encoding="utf-8")
    assert "session_expiration_time: 30  # minutes" in domain


def test_rasa_reads_the_same_phrasings_topics_and_terms(home) -> None:
    read = {}
    for path in sorted((home.path / "data/nlu").glob("*.yml")):
        if path.stem == "follow_ups":
            continue
        for message in RasaYAMLReader().read(path).training_examples:
            marked = {one["value"] for one in message.get("entities", [])}
            read[message.get("text")] = (message.get("intent"), marked)
    for question in load_questions():
        intent, marked = read[question.text]
        assert intent == question.topic
        assert len(marked) <= question.marked.count("](")
    assert len(read) == len(load_questions())


def test_every_word_of_a_term_leads_to_its_value(home) -> None:
    built = RasaYAMLReader().read(home.path / "data/nlu/terms.yml")
    for file in load_terms().values():
        for value, term in file.terms.items():
            assert {word: built.entity_synonyms.get(word) for word in term.words} == dict.fromkeys(
                term.words, value
            )
