"""An answer that nobody vouches for as it stands is not served: the patient reads the prompt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scarwise.dialogue import compose
from scarwise.dialogue.last_check import LastCheck
from scarwise.dialogue.message import Message
from scarwise.knowledge.base import load_knowledge
from scarwise.understanding.reading import Reading

RISKS = "data/answers/about_scar_revision/risks.yml"
REVIEW = "data/reviews/about_scar_revision/risks.yml"
PROMPT = (
    "Please talk with a doctor about your own scar. Call Willow Lane Scar Clinic at "
    "+1 212 555 0142, or book a visit: https://clinic.example/book"
)
NOT_SERVED = f"I have no vetted answer about the risks yet.\n\n{PROMPT}"
SERVED = (
    "Scar revision has risks, as all surgery does. One is infection. The color or the feel of "
    "your skin can also change in a way you do not want. In rare cases, anesthesia (it numbs you "
    "or makes you sleep) can harm you. Talk over all the risks and benefits with the "
    "doctor before you decide."
)


def asked(*topics: str, **facets: str) -> Message:
    """What a patient who asks for `topics` reads."""
    return compose.answer(compose.load_voice(), Reading("answer", topics=topics), facets)


def _one_word_of_the_answer(home) -> None:
    home.change(RISKS, "One is infection.", "One is an infection.")


def _one_letter_of_the_detail(home) -> None:
    home.change(RISKS, "all signs of the wound go away", "all sign of the wound go away")


def _one_word_of_a_passage(home) -> None:
    home.change("data/documents/scar-revision-surgery.md", "among them infection",
                "above all infection")  # fmt: skip


def _no_review(home) -> None:
    home.remove(REVIEW)


def _another_prompt(home) -> None:
    home.change(RISKS, "doctor_prompt: general", "doctor_prompt: kind")


def _expired(home) -> None:
    past = date.today() - timedelta(days=1)
    text = (home.path / REVIEW).read_text(encoding="utf-8")
    until = next(line for line in text.splitlines() if line.startswith("until:"))
    home.write(REVIEW, text.replace(until, f"until: {past}"))


SPOILS = [
    _one_word_of_the_answer,
    _one_letter_of_the_detail,
    _one_word_of_a_passage,
    _no_review,
    _another_prompt,
    _expired,
]


def test_reviewed_answer_is_served(home) -> None:
    message = asked("risks")
    source = f"Source: Scar revision surgery. Checked with its source on {date.today()}."
    assert message.text == f"{SERVED}\n\n{PROMPT}\n\n{source}"
    assert message.outcome == "answered"


@pytest.mark.parametrize("spoil", SPOILS)
def test_spoiled_answer_is_not_served(home, spoil) -> None:
    spoil(home)
    assert load_knowledge().find("risks", {}) is None
    assert "risks" not in [one.answer.id for one in load_knowledge().served()]
    message = asked("risks")
    assert message.text == NOT_SERVED
    assert message.outcome == "declined"
    assert [title for title, _ in message.buttons] == ["What you can ask", "Talk to a person"]


@pytest.mark.parametrize("spoil", SPOILS)
def test_the_last_check_stops_the_spoiled_answer_too(home, spoil) -> None:
    before = asked("risks")
    spoil(home)
    passed, objections = LastCheck(compose.load_voice()).passed([before])
    assert objections == ["unknown text"]
    assert passed[0].text.startswith("I cannot answer right now.")


def test_the_other_answers_are_still_served(home) -> None:
    _one_word_of_the_answer(home)
    text = asked("risks", "laser").text
    assert text.startswith(
        "About the risks:\nI have no vetted answer about the risks yet.\n\n"
        "About laser treatment:\nIn some cases a laser is used on a scar."
    )
    assert text.count(PROMPT) == 1


def test_reviewed_again_it_is_served_again(home) -> None:
    _one_word_of_the_answer(home)
    home.sign("risks")
    assert "One is an infection." in asked("risks").text


def test_what_was_said_is_no_more_told_in_detail_after_a_change(home) -> None:
    said = asked("risks").said
    _one_letter_of_the_detail(home)
    assert compose.more_detail(compose.load_voice(), said).text == (
        f"I have no more detail about the risks.\n\n{PROMPT}"
    )


def test_facet_picks_its_own_answer(home) -> None:
    assert (
        "A laser can make a scar flatter and lighter." in asked("results", technique="laser").text
    )
    general = asked("results").text
    assert asked("results", technique="make-up").text == general
    assert "laser" not in general


def test_facet_that_is_not_served_falls_back_to_the_general_answer(home) -> None:
    general = asked("results").text
    home.remove("data/reviews/about_scar_revision/results.laser.yml")
    assert asked("results", technique="laser").text == general


def test_clinic_that_serves_signed_answers_only(home) -> None:
    home.change("clinic.yml", "serve: reviewed", "serve: signed")
    assert asked("risks").text == NOT_SERVED
    home.sign_as_clinician("risks")
    assert asked("risks").text.startswith(SERVED)
    assert asked("laser").text.startswith("I have no vetted answer about laser treatment yet.")
