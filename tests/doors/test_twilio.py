"""SMS and WhatsApp as patients meet them: real calls, real replies, a provider that fails at times.

The stand-in signs the public address with Twilio's own library, as behind a proxy.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scarwise.channels.opting_out import STOP_WORDS
from scarwise.channels.sms_text import segments
from scarwise.texts import load_texts

from .texting import PUBLIC, Texting

TEXTS = load_texts()
NOTICE = f"{TEXTS.say('first_contact')}\n\n{TEXTS.say('demo')}"
OPTED_OUT, OPTED_IN, HELP = (TEXTS.say(one) for one in ("opted_out", "opted_in", "help_word"))
RISKS = "Scar revision has risks, as all surgery does. Infection is one."
PROMPT = TEXTS.say("doctor_prompt.general")
EMERGENCY = TEXTS.say("emergency")
CRISIS = TEXTS.say("crisis")


# Who may call


def test_a_signed_call_is_acknowledged_with_empty_twiml(sms: Texting) -> None:
    fields = sms.stand_in.fields(sms.somebody(), "hello")
    told = sms.post(fields, sms.stand_in.signed(fields))
    assert told == (200, '<?xml version="1.0" encoding="UTF-8"?><Response />')


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        {"X-Twilio-Signature": "é"},
        {"X-Twilio-Signature": "x" * 4000},
        {"X-Twilio-Signature": "x", "X-Twilio-Webhooks-Signature-Settings": "algorithm=NONE"},
        {"Authorization": "Basic QUM6dG9rZW4="},
    ],
)
def test_no_signature_or_a_wrong_one(headers: dict[str, str], sms: Texting) -> None:
    number = sms.somebody()
    assert sms.post(sms.stand_in.fields(number, "hello"), headers)[0] == 403
    sms.quiet(number, 0, 0.3)


@pytest.mark.parametrize(
    "changed",
    [{"Body": "other"}, {"From": "+12125559999"}, {"MessageSid": "SM" + "0" * 32},
     {"NumMedia": "1"}, {"Extra": ""}, {"To": "+12125550999"}],
)  # fmt: skip
def test_a_call_that_was_changed_after_it_was_signed(changed: dict[str, str], sms: Texting) -> None:
    fields = sms.stand_in.fields(sms.somebody(), "hello")
    assert sms.post({**fields, **changed}, sms.stand_in.signed(fields))[0] == 403


def test_a_signature_of_another_address_or_token(sms: Texting) -> None:
    from twilio.request_validator import RequestValidator

    fields = sms.stand_in.fields(sms.somebody(), "hello")
    for url in (
        sms.door,
        f"{PUBLIC}/",
        PUBLIC.replace("https", "http") + "/webhooks/twilio/messages",
    ):
        assert sms.post(fields, sms.stand_in.signed(fields, url))[0] == 403
    other = RequestValidator("8" * 32).compute_signature(sms.stand_in.webhook, fields)
    assert sms.post(fields, {"X-Twilio-Signature": other})[0] == 403


def test_a_query_is_part_of_what_is_signed(sms: Texting) -> None:
    fields = sms.stand_in.fields(sms.somebody(), "hello")
    headers = sms.stand_in.signed(fields, sms.stand_in.webhook + "?clinic=1")
    assert sms.post(fields, headers, "?clinic=2")[0] == 403
    assert sms.post(fields, headers, "?clinic=1")[0] == 200


@pytest.mark.parametrize(
    "changed", [{"AccountSid": "AC" + "9" * 32}, {"AccountSid": ""}, {"To": "+12125550999"}]
)
def test_signed_but_not_for_us(changed: dict[str, str], sms: Texting) -> None:
    assert sms.call({**sms.stand_in.fields(sms.somebody(), "hello"), **changed}) == 403


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"MessageSid": "", "SmsMessageSid": ""}, "MessageSid is missing or no id of a message."),
        ({"MessageSid": "SM1"}, "MessageSid is missing or no id of a message."),
        ({"From": "VERIZON"}, "From is no phone number that can be answered."),
        ({"From": "+1 212 555 0177"}, "From is no phone number that can be answered."),
        ({"From": "12345"}, "From is no phone number that can be answered."),
        ({"From": ""}, "From is no phone number that can be answered."),
        ({"NumMedia": "many"}, "NumMedia is no number."),
        ({"NumMedia": "-1"}, "NumMedia is no number."),
    ],
)
def test_signed_but_malformed(changed: dict[str, str], told: str, sms: Texting) -> None:
    fields = {**sms.stand_in.fields(sms.somebody(), "hello"), **changed}
    status, body = sms.post(fields, sms.stand_in.signed(fields))
    assert (status, json.loads(body)) == (400, {"error": told})


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"Body=%ff", b"&" * 300, b"a=1&" * 500])
def test_bodies_that_no_provider_sends(body: bytes, sms: Texting) -> None:
    assert sms.post(body, {"X-Twilio-Signature": "x"})[0] == 403


def test_too_large_a_body_and_other_methods(sms: Texting) -> None:
    status, body = sms.post({"Body": "x" * 20_000}, {})
    assert (status, list(json.loads(body))) == (413, ["error"])
    for method in ("GET", "PUT", "DELETE"):
        assert sms.status(method, "twilio/messages") == 405
    assert sms.status("POST", "twilio/other") == 404
    assert sms.status("POST", "telegram/updates") == 404  # it is off


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=st.dictionaries(
    st.sampled_from(["AccountSid", "MessageSid", "From", "To", "Body", "NumMedia", "ListId",
                     "ButtonPayload", "MediaContentType0", "Latitude", "OptOutType"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
))  # fmt: skip
def test_whatever_is_signed_is_told_what_is_wrong(fields: dict[str, str], sms: Texting) -> None:
    status, body = sms.post(fields, sms.stand_in.signed(fields))
    assert status in (400, 403)
    assert list(json.loads(body)) == ["error"]


# Once only


def test_a_message_that_comes_again_is_refused_and_has_no_effect(sms: Texting) -> None:
    number = sms.somebody()
    fields = sms.stand_in.fields(number, "Are there any risks?")
    statuses = sms.post_at_once([fields] * 20)
    assert sorted(statuses) == [200] + [403] * 19
    sms.quiet(number, 2)
    assert sms.call(fields) == 403
    sms.quiet(number, 2, 0.3)


def test_the_same_words_in_a_new_message_are_answered_again(sms: Texting, known: str) -> None:
    assert sms.say(known, "thanks") == sms.say(known, "thanks")
    sms.quiet(known, 4, 0.3)


def test_messages_of_one_patient_are_answered_in_their_order(sms: Texting, known: str) -> None:
    for text in ("What are the risks?", "How much does it cost?", "thanks"):
        sms.text(known, text)
    bodies = [one.body for one in sms.read(known, 5)][2:]
    assert [body[:16] for body in bodies] == [RISKS[:16], "I have no prices", "You are welcome."]


# What is read


def test_the_first_contact_says_who_answers_what_to_do_in_an_emergency_and_how_to_stop(
    sms: Texting,
) -> None:
    number = sms.somebody()
    first, second = sms.say(number, "Are there any risks?", 2)
    assert first == NOTICE
    for told in ("automated assistant", "not a doctor", "911", "STOP", "no health details"):
        assert told in first
    assert second.startswith(RISKS)
    assert sms.say(number, "Are there any risks?")[0] == second  # the notice comes once
    sms.quiet(number, 3, 0.3)


def test_an_answer_is_short_and_more_tells_the_rest(sms: Texting, known: str) -> None:
    (first,) = sms.say(known, "Are there any risks?")
    assert first.startswith(RISKS)
    assert first.endswith("Text MORE to read on.\nReply with a number:\n1 Risk of infection")
    (second,) = sms.say(known, "More")
    assert second.startswith("Scar revision has risks, as all surgery does. One is infection.")
    (third,) = sms.say(known, "more")
    assert "Source: Scar revision surgery." in third
    for page in (first, second, third):
        assert page.count(PROMPT) == 1
        assert segments(page) <= 3
    # Then it is what it is on every channel: the answer's detail.
    assert sms.say(known, "more")[0].startswith("There is no guarantee that all signs of the wound")


@pytest.mark.parametrize("text", ["1", "one", "#1", "Risk of infection", "risk of infectoin"])
def test_a_suggestion_is_chosen(text: str, sms: Texting, known: str) -> None:
    sms.say(known, "Are there any risks?")
    assert sms.say(known, text)[0].startswith("Infection is one of the risks of scar revision.")


def test_a_suggestion_is_chosen_on_a_later_page_and_after_a_photo(sms: Texting, known: str) -> None:
    sms.say(known, "Are there any risks?")
    sms.say(known, "MORE")
    sms.say(known, "", NumMedia="1", MediaContentType0="image/jpeg")
    assert sms.say(known, "3")[0].startswith("In rare cases, anesthesia")


def test_a_number_without_a_menu_is_no_choice(sms: Texting, known: str) -> None:
    assert sms.say(known, "7")[0].startswith("I could not read a question in this.")


@pytest.mark.parametrize("text", ["/infection_risk", "/restart", " /stop_callback", "／greet"])
def test_a_command_is_text(text: str, sms: Texting) -> None:
    number = sms.somebody()
    sms.say(number, text, 2)
    sender = sms.rows("SELECT DISTINCT conversation FROM turns ORDER BY arrived_at DESC LIMIT 1")[
        0
    ][0]
    said = sms.home.events(sender, "user")[-1]
    assert not said["text"].startswith("/")


@pytest.mark.parametrize("text", ["", "   ", "👍", "?", "é" * 500, "x" * 1600])
def test_odd_messages_are_answered(text: str, sms: Texting, known: str) -> None:
    (body,) = sms.say(known, text)
    assert "+1 212 555 0142" in body


def test_another_language(sms: Texting, known: str) -> None:
    assert sms.say(known, "¿Cuánto cuesta la cirugía?")[0].startswith("Lo siento, solo entiendo")


def test_a_call_back_by_numbers(sms: Texting, known: str) -> None:
    sms.say(known, "I want to book an appointment")
    asked = sms.say(known, "1")[0]
    assert asked.startswith("The clinic can call you back.")
    assert asked.endswith("What is your name?\n\nReply with a number:\n1 No call back")
    assert sms.say(known, "Ana Lee")[0].startswith("What is your phone number?")
    assert sms.say(known, "212 555 0188")[0].endswith(
        "Reply with a number:\n1 Morning\n2 Afternoon\n3 Any time\n4 No call back"
    )
    summary = sms.say(known, "two")[0]
    assert summary == (
        "This is what I will send to Willow Lane Scar Clinic:\nName: Ana Lee\n"
        "Phone: 212 555 0188\nBest time: Afternoon\n\nMay I send it?\n\n"
        "Reply with a number:\n1 Send it\n2 Do not send it"
    )
    saved = sms.say(known, "1")[0]
    assert re.match(r"Your request is saved\. Its number is \d{4}-\d{4}\.", saved)
    assert sms.rows("SELECT name, phone, best_time FROM callback_requests") == [
        ("Ana Lee", "212 555 0188", "Afternoon")
    ]


# Danger


@pytest.mark.parametrize(
    ("text", "whole"),
    [("I can't breathe and my face is swelling", EMERGENCY), ("I want to kill myself", CRISIS)],
)
def test_a_danger_reply_comes_first_and_whole_even_at_the_first_contact(
    text: str, whole: str, sms: Texting
) -> None:
    number = sms.somebody()
    assert sms.say(number, text, 2) == [whole, NOTICE]
    assert sms.say(number, "What are the risks?")[0].startswith(RISKS)


def test_danger_in_a_form_and_below_a_photo(sms: Texting, known: str) -> None:
    sms.say(known, "I want to book an appointment")
    sms.say(known, "1")
    danger = "I can't breathe and my face is swelling"
    assert sms.say(known, danger)[0].startswith(EMERGENCY)
    photo = {"NumMedia": "1", "MediaContentType0": "image/jpeg"}
    first, second = sms.say(known, danger, 2, **photo)
    assert first.startswith(EMERGENCY)
    assert second == TEXTS.say("no_photo")


# Photos and the like


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"NumMedia": "1", "MediaContentType0": "image/jpeg"}, "no_photo"),
        ({"NumMedia": "2", "MediaContentType0": "image/png", "MediaContentType1": "image/jpeg"},
         "no_photo"),
        ({"NumMedia": "1", "MediaContentType0": "video/mp4"}, "no_photo"),
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, "no_voice"),
        ({"NumMedia": "1", "MediaContentType0": "application/pdf"}, "no_file"),
        ({"NumMedia": "1"}, "no_file"),
        ({"NumMedia": "1", "MediaContentType0": "image/webp"}, "no_sticker"),
        ({"NumMedia": "1", "MediaContentType0": "text/vcard"}, "no_contact"),
        ({"Latitude": "40.7", "Longitude": "-74.0", "Address": "x"}, "no_location"),
    ],
)  # fmt: skip
def test_what_it_cannot_look_at(sent: dict[str, str], name: str, sms: Texting, known: str) -> None:
    text = TEXTS.say(name)
    assert sms.say(known, "", **sent) == [text]
    assert "+1 212 555 0142" in text


def test_a_question_below_a_photo_is_answered(sms: Texting, known: str) -> None:
    photo = {"NumMedia": "1", "MediaContentType0": "image/jpeg"}
    first, second = sms.say(known, "What are the risks?", 2, **photo)
    assert first == TEXTS.say("no_photo")
    assert second.startswith(RISKS)


# Opting out


@pytest.mark.parametrize("word", STOP_WORDS)
def test_every_word_ends_messages_at_once(word: str, sms: Texting, known: str) -> None:
    assert sms.say(known, word.lower()) == [OPTED_OUT]
    sms.text(known, "What are the risks?")
    sms.text(known, "I want to kill myself")
    sms.text(known, word)
    sms.quiet(known, 3, 0.3)  # one confirmation
    assert sms.say(known, "START") == [OPTED_IN]
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)


def test_an_old_stop_that_comes_again_changes_nothing(sms: Texting, known: str) -> None:
    stop = sms.stand_in.fields(known, "STOP")
    assert sms.call(stop) == 200
    sms.quiet(known, 3, 0.1)
    assert sms.say(known, "START") == [OPTED_IN]
    assert sms.call(stop) == 403
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)


def test_help_names_the_clinic_also_after_stop(sms: Texting, known: str) -> None:
    assert sms.say(known, "HELP") == [HELP]
    sms.say(known, "STOP")
    assert sms.say(known, "help") == [HELP]
    sms.text(known, "hello")
    sms.quiet(known, 5, 0.5)


def test_yes_resumes_for_who_has_opted_out_and_is_an_answer_for_others(
    sms: Texting, known: str
) -> None:
    assert sms.say(known, "yes")[0] not in (OPTED_IN, OPTED_OUT)
    sms.say(known, "STOP")
    assert sms.say(known, "YES") == [OPTED_IN]


def test_start_from_somebody_new_is_a_greeting(sms: Texting) -> None:
    first, second = sms.say(sms.somebody(), "START", 2)
    assert first == NOTICE
    assert second.startswith("Hello. I am the automated assistant")


def test_where_twilio_answers_the_word_itself_nothing_is_added(sms: Texting, known: str) -> None:
    for word in ("STOP", "HELP", "START"):
        sms.text(known, word, OptOutType=word)
    sms.quiet(known, 2, 0.5)
    sms.text(known, "arret", OptOutType="STOP")  # a word of the clinic's own
    sms.text(known, "What are the risks?")
    sms.quiet(known, 2, 0.5)


def test_a_number_that_twilio_blocks_counts_as_opted_out(sms: Texting, known: str) -> None:
    sms.stand_in.refused[known] = 21610
    sms.text(known, "What are the risks?")
    sms.settled()
    del sms.stand_in.refused[known]
    sms.text(known, "What are the risks?")
    sms.quiet(known, 2, 0.5)
    assert sms.say(known, "START") == [OPTED_IN]


# Limits


def test_a_flood_is_told_once_to_wait_and_nobody_else_waits(sms: Texting, known: str) -> None:
    calls = [sms.stand_in.fields(known, "thanks") for _ in range(30)]
    assert set(sms.post_at_once(calls)) == {200}
    assert sms.say(sms.somebody(), "thanks", 2)[0] == NOTICE
    sms.settled()
    bodies = [one.body for one in sms.stand_in.to(known)]
    assert bodies.count(TEXTS.say("too_many_texts")) == 1
    assert 19 <= bodies.count(TEXTS.say("thanks")) <= 21
    assert sms.say(known, "STOP") == [OPTED_OUT]  # an opt-out is never held back
