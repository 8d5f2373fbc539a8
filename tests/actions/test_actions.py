"""Each action as a short script: what was understood, and all that the patient reads."""

from __future__ import annotations

import importlib
from datetime import date

import pytest
from rasa_sdk import Action

from actions.affirm import ActionAffirm
from actions.answer import ActionAnswer
from actions.ask_back import ActionAskBack
from actions.decline import ActionDecline
from actions.more_detail import ActionMoreDetail
from actions.repeat import ActionRepeat
from scarwise import places
from scarwise.dialogue.message import Message, Said
from scarwise.knowledge.base import load_knowledge
from scarwise.understanding.reading import Danger, Reading

CALL = (
    "Call Willow Lane Scar Clinic at +1 212 555 0142, or book a visit: https://clinic.example/book"
)
PROMPT = f"Please talk with a doctor about your own scar. {CALL}"
KIND = (
    "You can talk with a doctor about this, at your own pace. Call Willow Lane Scar Clinic at "
    "+1 212 555 0142, or book a visit: https://clinic.example/book"
)
WOUND = (
    "Is a wound red, hot, wet or more sore right now? Call a doctor today. Willow Lane Scar "
    "Clinic: +1 212 555 0142. Book a visit: https://clinic.example/book"
)
LASER = (
    "In some cases a laser is used on a scar. It can make the scar flatter and lighter, so that it "
    "looks more natural. The size, the shape and the place of the scar decide if it fits. Ask the "
    "doctor what could work for you."
)
INFECTION = (
    "Infection is one of the risks of scar revision. All surgery has risks. Ask the doctor about "
    "this risk before you decide."
)
COST = (
    "I have no prices. The cost is not the same for each scar and each method. The clinic tells "
    "you the price before you decide. You can ask about payment plans too.\n\n"
    "Call Willow Lane Scar Clinic at +1 212 555 0142, or book a visit to talk with a doctor: "
    "https://clinic.example/book"
)
HELP = ["What you can ask", "Talk to a person"]


def served(topic: str, **facets: str):
    """The answer of a topic as it is served today."""
    return load_knowledge().find(topic, facets)


def source(*answers: str) -> str:
    """The source line below answers of the supplied document."""
    oldest: date = min(served(one).review.on for one in answers)
    return f"Source: Scar revision surgery. Checked with its source on {oldest}."


def said(topic: str) -> Said:
    """The record of an answer that was said."""
    one = served(topic)
    return Said(topic, one.answer.id, one.revision)


# The answer action.


def test_answer_prompt_and_source_are_one_message(act) -> None:
    script = act(ActionAnswer(), reading=Reading("answer", topics=("laser",)))
    assert script.text == f"{LASER}\n\n{PROMPT}\n\n{source('laser')}"
    assert script.buttons == ["Which method fits", "What results to expect", "Risks"]
    assert script.payloads == ["/choosing_technique", "/results", "/risks"]
    assert script.slots == {"answered": [{
        "topic": "laser", "answer": "laser", "revision": served("laser").revision,
    }]}  # fmt: skip


def test_button_without_a_reading_is_answered(act) -> None:
    script = act(ActionAnswer(), text="/laser", intent="laser")
    assert script.text == f"{LASER}\n\n{PROMPT}\n\n{source('laser')}"
    assert script.message.outcome == "answered"


def test_the_answer_says_which_prompt_it_wants(act) -> None:
    script = act(ActionAnswer(), reading=Reading("answer", topics=("infection_risk",)))
    assert script.text == f"{INFECTION}\n\n{WOUND}\n\n{source('infection_risk')}"
    upset = act(ActionAnswer(), reading=Reading("answer", topics=("confidence",)))
    assert KIND in upset.text


def test_two_topics_share_the_most_careful_prompt_and_one_source_line(act) -> None:
    script = act(ActionAnswer(), reading=Reading("answer", topics=("laser", "infection_risk")))
    assert script.text == (
        f"About laser treatment:\n{LASER}\n\nAbout the risk of infection:\n{INFECTION}\n\n{WOUND}"
        f"\n\n{source('laser', 'infection_risk')}"
    )
    assert [one["topic"] for one in script.slots["answered"]] == ["laser", "infection_risk"]


def test_technique_named_in_the_message(act) -> None:
    script = act(
        ActionAnswer(),
        text="what results can I expect from a laser",
        intent="results",
        reading=Reading("answer", topics=("results",)),
        entities={"technique": "laser"},
    )
    assert script.text.startswith("A laser can make a scar flatter and lighter.")
    assert script.slots["answered"][0]["answer"] == "results.laser"


def test_technique_running_on_into_a_short_question(act) -> None:
    script = act(ActionAnswer(), text="and the results?", slots={"technique": "laser"},
                 reading=Reading("answer", topics=("results",)))  # fmt: skip
    assert script.slots["answered"][0]["answer"] == "results.laser"


def test_a_long_question_stands_on_its_own(act) -> None:
    script = act(
        ActionAnswer(), slots={"technique": "laser"},
        text="could you please tell me what results people usually get",
        reading=Reading("answer", topics=("results",)),
    )  # fmt: skip
    assert script.slots["answered"][0]["answer"] == "results"


@pytest.mark.parametrize("value", [7, True, ["laser"], {"technique": "laser"}])
def test_a_slot_that_is_no_text_is_not_used(act, value) -> None:
    script = act(ActionAnswer(), text="results?", slots={"technique": value},
                 reading=Reading("answer", topics=("results",)))  # fmt: skip
    assert script.slots["answered"][0]["answer"] == "results"


def test_clinic_topic_has_its_own_way_to_the_doctor(act) -> None:
    script = act(ActionAnswer(), reading=Reading("answer", topics=("cost",)))
    assert script.text == COST
    assert script.buttons == ["Insurance", "What to ask the doctor", "Book a visit"]
    # Kept, so that "tell me more" is about the cost and not about an answer before it.
    assert script.slots == {"answered": [{"topic": "cost", "answer": "", "revision": ""}]}


def test_runners_up_are_offered_below_the_answer(act) -> None:
    reading = Reading("answer", topics=("laser",), offered=("techniques", "risks"))
    script = act(ActionAnswer(), reading=reading)
    assert script.text == (
        f"{LASER}\n\n{PROMPT}\n\n{source('laser')}\n\nYou may also mean: How it is done, Risks."
    )
    assert script.buttons == ["How it is done", "Risks", "Which method fits",
                              "What results to expect"]  # fmt: skip
    assert script.message.offered == ("techniques", "risks")


def test_quiet_note_stands_above_the_answer(act) -> None:
    reading = Reading("answer", topics=("laser",), danger=Danger("note", "urgent_wound"))
    script = act(ActionAnswer(), reading=reading)
    assert script.text == (
        "If right now the place is hot, wet, smells, opens, bleeds, turns dark, or you have a "
        "fever: call a doctor today. Willow Lane Scar Clinic: +1 212 555 0142.\n\n"
        f"{LASER}\n\n{PROMPT}\n\n{source('laser')}"
    )
    assert script.message.note == "urgent_wound"


# More detail, repeat.


def test_more_detail_of_what_was_said_last(act) -> None:
    script = act(ActionMoreDetail(), slots={"answered": [vars(said("laser"))]})
    assert script.text == (
        "No scar can be fully erased. Ask the doctor about the risks and the benefits first.\n\n"
        f"{PROMPT}\n\n{source('laser')}"
    )
    assert script.slots["answered"][0]["topic"] == "laser"


def test_more_detail_of_an_answer_that_was_changed_since(act) -> None:
    script = act(ActionMoreDetail(), slots={
        "answered": [{"topic": "laser", "answer": "laser", "revision": "0" * 12}]
    })  # fmt: skip
    assert script.text == f"I have no more detail about laser treatment.\n\n{PROMPT}"
    assert script.buttons == HELP


@pytest.mark.parametrize("kept", [None, [], "laser", 7])
def test_more_detail_of_nothing(act, kept) -> None:
    script = act(ActionMoreDetail(), slots={"answered": kept})
    assert script.text == "I have not answered a question yet. What would you like to know?"
    assert script.buttons == ["What it is", "Risks", "Creams and ointments", "Cost"]


def test_repeat_says_the_last_message_again(act) -> None:
    last = Message(f"{LASER}\n\n{PROMPT}", "answered", ("laser",), buttons=(("Risks", "/risks"),))
    script = act(ActionRepeat(), before=[Message("Hello.", "conversation"), last])
    assert script.text == last.text
    assert script.buttons == ["Risks"]
    assert script.message.topics == ("repeat", "laser")


def test_repeat_of_nothing(act) -> None:
    script = act(ActionRepeat())
    assert script.text == "I have not answered a question yet. What would you like to know?"


# Yes, ask back, decline.


def test_yes_to_one_offered_topic(act) -> None:
    last = Message("You also asked about: Cost.", "answered", ("laser",), offered=("cost",))
    assert act(ActionAffirm(), before=[last]).text == COST


def test_yes_to_several_offers_shows_them_again(act) -> None:
    last = Message("x", "asked_back", offered=("cost", "risks"),
                   buttons=(("Cost", "/cost"), ("Risks", "/risks")))  # fmt: skip
    script = act(ActionAffirm(), before=[last])
    assert script.text == "Good. What would you like to know?"
    assert script.buttons == ["Cost", "Risks"]


def test_yes_to_nothing(act) -> None:
    script = act(ActionAffirm())
    assert script.text == "Good. What would you like to know?"
    assert script.buttons == ["What it is", "How it is done", "Risks"]


def test_ask_back_names_the_topics_and_a_way_out(act) -> None:
    reading = Reading("ask_back", offered=("laser", "creams", "risks"))
    script = act(ActionAskBack(), reading=reading)
    assert script.text == ("I want to be sure that I understand you. Do you mean one of these?")
    assert script.buttons == ["Laser treatment", "Creams and ointments", "Risks", "None of these"]
    assert script.payloads == ["/laser", "/creams", "/risks", "/none_of_these"]
    assert script.slots == {}


def test_decline_another_subject(act) -> None:
    script = act(ActionDecline(), reading=Reading("decline"))
    assert script.text == (
        "I can only help with scars and scar surgery. I have no vetted answer to this.\n\n"
        "For other health questions, please ask a doctor. You can reach Willow Lane Scar Clinic "
        "at +1 212 555 0142."
    )
    assert script.buttons == HELP


def test_decline_of_nothing_readable(act) -> None:
    script = act(ActionDecline(), reading=Reading("decline", empty=True))
    assert script.text == (
        "I could not read a question in this. Please write it in a few words.\n\n"
        "You can also call Willow Lane Scar Clinic at +1 212 555 0142."
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", ("Lo siento, solo entiendo inglés. Por favor, llame a Willow Lane Scar Clinic: "
               "+1 212 555 0142. En una emergencia, llame al 911. Si piensa en hacerse daño, "
               "llame al 988.")),
        ("other", ("I only understand English. Please call Willow Lane Scar Clinic: "
                  "+1 212 555 0142. In an emergency, call 911. If you think about hurting "
                  "yourself, call 988.")),
        ("xx", ("I only understand English. Please call Willow Lane Scar Clinic: "
               "+1 212 555 0142. In an emergency, call 911. If you think about hurting "
                  "yourself, call 988.")),
    ],
)  # fmt: skip
def test_decline_in_the_patients_language(act, language: str, text: str) -> None:
    script = act(ActionDecline(), reading=Reading("decline", language=language))
    assert (script.text, script.buttons) == (text, [])


def test_danger_that_is_not_sure_is_noted_above_a_refusal(act) -> None:
    reading = Reading("decline", danger=Danger("note", "crisis"))
    assert act(ActionDecline(), reading=reading).text.startswith(
        "If you think about hurting yourself or about dying, please call 988. In danger, call 911."
        "\n\nI can only help with scars and scar surgery."
    )


def test_every_action_has_a_module_of_its_name() -> None:
    for path in places.ACTIONS.glob("*.py"):
        module = importlib.import_module(f"actions.{path.stem}")
        names = [
            value().name().removeprefix("action_")
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Action)
            and value.__module__ == module.__name__
        ]  # fmt: skip
        if path.stem not in ("__init__", "conversation"):
            assert names == [path.stem]
