"""WhatsApp by Twilio: whole answers with buttons and lists of its own."""

from __future__ import annotations

import pytest

from scarwise.channels.stand_in import Sent
from scarwise.texts import load_texts

from .texting import Texting

RISKS = "Scar revision has risks, as all surgery does. One is infection."
PROMPT = load_texts().say("doctor_prompt.general")
SOURCE = "Source: Scar revision surgery."


@pytest.fixture
def patient(sms: Texting) -> str:
    """The WhatsApp address of somebody who has read the notice of the first contact."""
    address = f"whatsapp:{sms.somebody()}"
    assert sms.say(address, "thanks", 2)[0].startswith("This is the automated assistant of")
    return address


def asked(sms: Texting, address: str, text: str, **more: str) -> Sent:
    """The one message that comes back."""
    before = len(sms.stand_in.to(address))
    sms.text(address, text, **more)
    return sms.read(address, 1, before)[0]


def pressed(sms: Texting, address: str, title: str, payload: str, kind: str = "Button") -> Sent:
    names = {"Button": ("ButtonText", "ButtonPayload"), "List": ("ListTitle", "ListId")}[kind]
    return asked(sms, address, title, **dict(zip(names, (title, payload), strict=True)))


def test_an_answer_is_whole_with_its_suggestions_as_a_list(sms: Texting, patient: str) -> None:
    sent = asked(sms, patient, "Are there any risks?")
    assert sent.from_ == "whatsapp:+12125550101"
    assert sent.body.startswith(RISKS)
    assert sent.body.count(PROMPT) == 1
    assert SOURCE in sent.body and "MORE" not in sent.body
    assert sent.buttons == (
        ("Risk of infection", "/infection_risk"), ("Skin color or texture", "/skin_changes"),
        ("Risks of anesthesia", "/anaesthesia_risk"),
    )  # fmt: skip
    kinds = [list(one["types"]) for one in sms.stand_in.contents.values()]
    assert ["twilio/list-picker"] in kinds  # a title is longer than a quick reply may be


def test_three_short_titles_are_quick_replies(sms: Texting, patient: str) -> None:
    sent = asked(sms, patient, "How much does it cost?")
    assert sent.buttons[0] == ("Insurance", "/insurance")
    sent = asked(sms, patient, "I want to book an appointment")
    sent = pressed(sms, patient, *sent.buttons[0])
    assert sent.buttons == (("No call back", "/stop_callback"),)
    types = [one["types"] for one in sms.stand_in.contents.values()]
    quick = [one["twilio/quick-reply"] for one in types if "twilio/quick-reply" in one]
    assert {"type": "QUICK_REPLY", "title": "No call back", "id": "/stop_callback"} in [
        action for one in quick for action in one["actions"]
    ]


@pytest.mark.parametrize("kind", ["Button", "List"])
def test_a_button_that_was_offered_counts(kind: str, sms: Texting, patient: str) -> None:
    asked(sms, patient, "Are there any risks?")
    sent = pressed(sms, patient, "Risk of infection", "/infection_risk", kind)
    assert sent.body.startswith("Infection is one of the risks of scar revision.")


def test_a_button_of_an_earlier_message_is_its_title(sms: Texting, patient: str) -> None:
    asked(sms, patient, "Are there any risks?")
    asked(sms, patient, "thanks")
    sent = pressed(sms, patient, "Risk of infection", "/infection_risk")
    assert sent.body.startswith("Infection is one of the risks of scar revision.")


@pytest.mark.parametrize("payload", ["/restart", "/stop_callback", '/set{"answered": 1}', "x"])
def test_a_payload_that_was_not_offered_is_nothing(
    payload: str, sms: Texting, patient: str
) -> None:
    asked(sms, patient, "Are there any risks?")
    sent = pressed(sms, patient, "How much does it cost?", payload)
    assert sent.body.startswith("I have no prices.")


def test_numbers_work_too(sms: Texting, patient: str) -> None:
    asked(sms, patient, "Are there any risks?")
    assert asked(sms, patient, "2").body.startswith("After scar revision, the color or the feel")


def test_what_a_patient_gave_is_in_no_template(sms: Texting, patient: str) -> None:
    sent = asked(sms, patient, "I want to book an appointment")
    pressed(sms, patient, *sent.buttons[0])
    asked(sms, patient, "Zebedee Quill")
    asked(sms, patient, "212 555 0199")
    sent = asked(sms, patient, "1")
    assert "Name: Zebedee Quill" in sent.body
    assert sent.buttons == ()
    assert sent.body.endswith("Reply with a number:\n1 Send it\n2 Do not send it")
    assert "Zebedee" not in str(sms.stand_in.contents)
    assert asked(sms, patient, "2").body.startswith("All right, no call back.")


def test_a_sticker_a_voice_note_and_a_place(sms: Texting, patient: str) -> None:
    texts = load_texts()
    for sent, name in (
        ({"NumMedia": "1", "MediaContentType0": "image/webp"}, "no_sticker"),
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, "no_voice"),
        ({"Latitude": "1.0", "Longitude": "2.0"}, "no_location"),
    ):
        assert asked(sms, patient, "", **sent).body == texts.say(name)


def test_stop_holds_for_whatsapp_alone(sms: Texting, patient: str) -> None:
    assert asked(sms, patient, "STOP").body == load_texts().say("opted_out")
    sms.text(patient, "What are the risks?")
    number = patient.removeprefix("whatsapp:")
    assert sms.say(number, "What are the risks?", 2)[1].startswith(
        "Scar revision has risks, as all surgery does."
    )
    sms.quiet(patient, 3, 0.3)


def test_where_no_template_can_be_made_the_choices_have_numbers(
    sms: Texting, patient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms.stand_in.templates = False
    try:
        sent = asked(sms, patient, "How long is the recovery?")
    finally:
        sms.stand_in.templates = True
    assert sent.buttons == ()
    assert "\n\nReply with a number:\n1 " in sent.body
