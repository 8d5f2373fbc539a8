"""One fault in a clean copy of the data: `scarwise check` names the file and the mend, and fails.

Every test asserts all fault lines, so a fault that hides behind another, or is told twice, shows.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from scarwise import places

ANSWERS = "data/answers/about_scar_revision"
REVIEWS = "data/reviews/about_scar_revision"
QUESTIONS = "data/questions/about_scar_revision"
DOCUMENT = "data/documents/scar-revision-surgery.md"
RISKS = f"{ANSWERS}/risks.yml"
REPOSITORY = places.HOME
NOT_SERVED = "so it is not served; have it reviewed: scarwise review show"


def assert_faults(home, *expected: str) -> None:
    """`check` prints exactly these faults, and exits with 1."""
    ran = home.run("check")
    assert ran.faults == list(expected)
    assert ran.code == 1


def test_clean_copy_has_no_fault(home) -> None:
    ran = home.run("check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "No faults."
    assert "1 documents, 21 passages, 21 of them cited" in ran.out
    assert "18 of 55 topics answered" in ran.out


def test_check_as_a_command_of_its_own(home) -> None:
    home.change(RISKS, "One is infection.", "One is an infection.")
    ran = subprocess.run(
        [sys.executable, "-m", "scarwise.cli", "check"],
        env={"SCARWISE_HOME": str(home.path), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.splitlines()[0] == (
        f"{RISKS}: was changed after its review, {NOT_SERVED} risks"
    )


# Reviews: one word changed, and the answer is no longer vouched for.


def test_one_word_of_an_answer(home) -> None:
    home.change(RISKS, "One is infection.", "One is an infection.")
    assert_faults(home, f"{RISKS}: was changed after its review, {NOT_SERVED} risks")


def test_one_word_of_a_passage(home) -> None:
    home.change(DOCUMENT, "feel confident again", "feel cheerful again")
    path = f"{ANSWERS}/confidence.yml"
    assert_faults(home, f"{path}: cites scar-revision-surgery#living.3, which was changed after "
                        f"the review, {NOT_SERVED} confidence")  # fmt: skip


def test_cited_id_that_is_no_passage(home) -> None:
    path = f"{ANSWERS}/confidence.yml"
    home.change(path, "scar-revision-surgery#living.3", "scar-revision-surgery#living.9")
    wrong = "cites scar-revision-surgery#living.9, which is no passage"
    assert_faults(
        home,
        f"{path}: {wrong}, {NOT_SERVED} confidence",
        f"{path}: {wrong}; correct it or take it out",
        f"{path}: was changed after its review, {NOT_SERVED} confidence",
        f"{DOCUMENT}: passage scar-revision-surgery#living.3 is cited by no answer; cite it or "
        "take it out",
    )


def test_missing_review(home) -> None:
    home.remove(f"{REVIEWS}/risks.yml")
    assert_faults(home, f"{RISKS}: has no review, {NOT_SERVED} risks")


def test_review_that_has_expired(home) -> None:
    yesterday = date.today() - timedelta(days=1)
    _set_dates(home, on=yesterday - timedelta(days=365), until=yesterday)
    assert_faults(
        home, f"{RISKS}: was reviewed until {yesterday}, which is past, {NOT_SERVED} risks"
    )


def test_review_of_a_day_to_come(home) -> None:
    tomorrow = date.today() + timedelta(days=1)
    _set_dates(home, on=tomorrow, until=tomorrow + timedelta(days=365))
    assert_faults(
        home, f"{RISKS}: was reviewed on {tomorrow}, which is still to come, {NOT_SERVED} risks"
    )


def test_review_that_ends_today_is_good_and_warned_of(home) -> None:
    _set_dates(home, on=date.today() - timedelta(days=365), until=date.today())
    ran = home.run("check")
    assert (ran.code, ran.faults) == (0, [])
    assert ran.out.splitlines()[0] == (
        f"warning: {RISKS}: its review ends in 0 days (within 7); have it reviewed again"
    )


def _set_dates(home, on: date, until: date) -> None:
    path = f"{REVIEWS}/risks.yml"
    lines = (home.path / path).read_text(encoding="utf-8").splitlines()
    dated = {"on": f"on: {on}", "until": f"until: {until}"}
    home.write(path, "\n".join(dated.get(line.partition(":")[0], line) for line in lines) + "\n")


def test_review_of_an_answer_that_is_gone(home) -> None:
    home.remove(f"{ANSWERS}/results.laser.yml")
    assert_faults(home, f"{REVIEWS}/results.laser.yml: reviews an answer that does not exist; "
                        "take the file out")  # fmt: skip


def test_review_with_the_wrong_name(home) -> None:
    home.move(f"{REVIEWS}/risks.yml", f"{REVIEWS}/risk.yml")
    assert_faults(home, f"{REVIEWS}/risk.yml: reviews risks; name it risks.yml")


# Answers.


def test_sentence_that_cites_nothing(home) -> None:
    cited = "  - text: Infection is one.\n    cites: [scar-revision-surgery#risks.1]\n"
    home.change(RISKS, cited, "  - text: Infection is one.\n")
    assert_faults(home, f"{RISKS}: short.1: give the passages that it cites, or `comfort: true`, "
                        "not both")  # fmt: skip


def test_reading_grade_too_high(home) -> None:
    hard = "Particularly infection is among the risks, and so are additional changes in texture."
    home.change(RISKS, "One is infection.", hard)
    home.sign("risks")
    assert_faults(home, f"{RISKS}: reads at grade 6.4, more than 6; use shorter words and "
                        "sentences: 'Scar revision has risks, as all surgery does. "
                        "Particularly i'")  # fmt: skip


def test_answer_in_the_wrong_folder(home) -> None:
    home.move(RISKS, "data/answers/scars/risks.yml")
    assert_faults(home, f"{RISKS}: is not there: move the answer risks into this folder")


def test_answer_with_the_wrong_name(home) -> None:
    home.move(RISKS, f"{ANSWERS}/risk.yml")
    assert_faults(home, f"{ANSWERS}/risk.yml: holds the answer risks; name it risks.yml")


def test_answer_of_a_facet_with_the_wrong_name(home) -> None:
    home.move(f"{ANSWERS}/results.laser.yml", f"{ANSWERS}/results.lazer.yml")
    assert_faults(home, f"{ANSWERS}/results.lazer.yml: holds the answer results.laser; name it "
                        "results.laser.yml")  # fmt: skip


def test_topic_of_the_document_without_an_answer(home) -> None:
    home.remove(f"{ANSWERS}/laser.yml")
    home.remove(f"{REVIEWS}/laser.yml")
    assert_faults(
        home, f"{ANSWERS}/laser.yml: is missing; the supplied document answers this topic"
    )


def test_follow_up_that_is_no_topic(home) -> None:
    home.change(RISKS, "[infection_risk, skin_changes, anaesthesia_risk]", "[infections]")
    assert_faults(home, f"{RISKS}: follow_up infections is no topic; correct it")


def test_doctor_prompt_that_does_not_exist(home) -> None:
    home.change(RISKS, "doctor_prompt: general", "doctor_prompt: gentle")
    home.sign("risks")
    assert_faults(
        home, f"{RISKS}: doctor_prompt gentle is not one of child, general, kind, self_harm, wound"
    )


def test_short_form_too_long(home) -> None:
    sentence = "  - text: Infection is one.\n    cites: [scar-revision-surgery#risks.1]\n"
    home.change(RISKS, sentence, sentence * 10)
    home.sign("risks")
    assert_faults(home, f"{RISKS}: short has 401 characters; at most 300")


def test_passage_that_no_answer_cites(home) -> None:
    home.change(DOCUMENT, "Scars are a part of life", "Skin is large.\nScars are a part of life")
    ran = home.run("check")
    assert f"{DOCUMENT}: passage scar-revision-surgery#living.4 is cited by no answer; cite it " \
        "or take it out" in ran.faults  # fmt: skip
    assert ran.code == 1


# YAML and schema.


def test_bad_yaml_line(home) -> None:
    home.change(RISKS, "  - text: One is infection.", '  - text: "One is infection.')
    ran = home.run("check")
    assert ran.code == 1
    assert len(ran.faults) == 1
    assert ran.faults[0].startswith(f"{RISKS}: line ")
    assert ran.faults[0].endswith("; mend its spelling or quotes")
    assert " is not YAML (" in ran.faults[0]


def test_bad_yaml_names_the_line(home) -> None:
    home.change(RISKS, "follow_up: [infection_risk", "follow_up: ]infection_risk")
    line = (home.path / RISKS).read_text(encoding="utf-8").splitlines().index(
        "follow_up: ]infection_risk, skin_changes, anaesthesia_risk]") + 1  # fmt: skip
    ran = home.run("check")
    assert [fault.partition(" is not YAML")[0] for fault in ran.faults] == [f"{RISKS}: line {line}"]


def test_control_character_names_the_line(home) -> None:
    home.change(RISKS, "  - text: One is infection.", "  - text: One is\x07 infection.")
    line = (home.path / RISKS).read_text(encoding="utf-8").partition("\x07")[0].count("\n") + 1
    ran = home.run("check")
    assert ran.faults == [f"{RISKS}: line {line} holds the character U+0007; take it out"]


def test_mistyped_key(home) -> None:
    home.change(RISKS, "follow_up:", "folow_up:")
    assert_faults(
        home, f"{RISKS}: folow_up: is not a known key; correct its spelling or take it out"
    )


def test_missing_key(home) -> None:
    home.change(RISKS, "topic: risks\n", "")
    assert_faults(home, f"{RISKS}: topic: is missing; add it")


def test_file_that_is_not_utf8(home) -> None:
    (home.path / RISKS).write_bytes(b"topic: risks # caf\xe9\n")
    assert_faults(home, f"{RISKS}: is not UTF-8 at byte 18; save it as UTF-8")


def test_two_files_at_once_are_both_told(home) -> None:
    home.change(RISKS, "follow_up:", "folow_up:")
    home.change(f"{REVIEWS}/risks.yml", "reviewer:", "reviewers:")
    home.change("clinic.yml", "country: US", "country: USA")
    assert_faults(
        home,
        f"{RISKS}: folow_up: is not a known key; correct its spelling or take it out",
        f"{REVIEWS}/risks.yml: reviewer: is missing; add it",
        f"{REVIEWS}/risks.yml: reviewers: is not a known key; correct its spelling or take it out",
        "clinic.yml: country: Input should be 'US', 'UK', 'CA', 'AU', 'IE', 'IN' or 'EU'",
    )


# Documents.


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{#risks}", "", ("heading 'Are there any risks involved with scar revision surgery?' has "
         "no name; end it with {#name}")),
        ("id: scar-revision-surgery", "id: scars",
         "id is scars; it must be the file's name, scar-revision-surgery"),
        ("{#last-word}", "{#risks}",
         "passage scar-revision-surgery#risks.1 stands twice; give each heading a name of its own"),
    ],
)  # fmt: skip
def test_fault_of_a_document(home, before: str, after: str, message: str) -> None:
    home.change(DOCUMENT, before, after)
    assert f"{DOCUMENT}: {message}" in home.run("check").faults


def test_document_without_front_matter(home) -> None:
    home.write(DOCUMENT, "Scars are a part of life.\n")
    faults = home.run("check").faults
    assert len(faults) == 1
    assert faults[0].startswith(f"{DOCUMENT}: has no front matter; begin it with --- lines around ")


# Questions.


def test_phrasing_twice_in_a_topic(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - has it a dark side, tell me\n"
                                       "    - Has it a dark side? TELL ME!\n")  # fmt: skip
    home.build()
    assert_faults(
        home, f"{QUESTIONS}/risks.yml: 'Has it a dark side? TELL ME!' stands twice; take one out"
    )


def test_phrasing_in_two_topics(home) -> None:
    home.add(f"{QUESTIONS}/definition.yml", "    - has it a dark side, tell me\n")
    home.add(f"{QUESTIONS}/risks.yml", "    - Has it a dark side? Tell me...\n")
    home.build()
    assert_faults(home, f"{QUESTIONS}/risks.yml: 'Has it a dark side? Tell me...' also stands "
                        "under definition; keep it where it belongs")  # fmt: skip


def test_phrasing_that_differs_in_a_word_is_another(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - has it a dark side, tell me\n"
                                       "    - has it a bright side, tell me\n")  # fmt: skip
    home.build()
    assert home.run("check").faults == []


def test_unknown_topic_of_an_answer(home) -> None:
    home.move(RISKS, f"{ANSWERS}/riscs.yml")
    home.change(f"{ANSWERS}/riscs.yml", "topic: risks", "topic: riscs")
    faults = home.run("check").faults
    assert f"{ANSWERS}/riscs.yml: topic riscs is not in data/topics.yml; correct it" in faults


def test_unknown_topic_of_questions(home) -> None:
    home.move(f"{QUESTIONS}/risks.yml", f"{QUESTIONS}/riscs.yml")
    home.change(f"{QUESTIONS}/riscs.yml", "topic: risks", "topic: riscs")
    home.build()
    assert_faults(
        home,
        f"{QUESTIONS}/riscs.yml: topic riscs is not in data/topics.yml",
        f"{QUESTIONS}/risks.yml: has 0 phrasings; write at least 15",
    )


def test_term_that_is_not_marked(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - has the laser a dark side\n")
    home.build()
    assert_faults(home, f"{QUESTIONS}/risks.yml: terms are not marked right in 'has the laser a "
                        "dark side'; run scarwise annotate")  # fmt: skip


def test_term_is_marked_by_the_command_that_the_fault_names(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - has the laser a dark side\n")
    assert home.run("annotate").out == f"{QUESTIONS}/risks.yml: marked 1 phrasings\n"
    home.build()
    assert home.run("check").faults == []


def test_phrasing_that_looks_like_a_command(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - /restart\n")
    home.build()
    assert_faults(home, f"{QUESTIONS}/risks.yml: '/restart' begins with '/', which Rasa takes for "
                        "a command; write it without")  # fmt: skip


def test_line_that_is_no_phrasing(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    has it a dark side\n")
    assert_faults(
        home, f"{QUESTIONS}/risks.yml: 'has it a dark side' must begin with '- ' and a phrasing"
    )


def test_too_few_phrasings(home) -> None:
    path = f"{QUESTIONS}/risks.yml"
    lines = (home.path / path).read_text(encoding="utf-8").splitlines(keepends=True)
    phrasings = [line for line in lines if line.startswith("    - ")]
    home.write(path, "".join(line for line in lines if line not in phrasings[14:]))
    home.build()
    assert_faults(home, f"{path}: has 14 phrasings; write at least 15")


def test_questions_with_the_wrong_name(home) -> None:
    home.move(f"{QUESTIONS}/risks.yml", f"{QUESTIONS}/risk.yml")
    assert_faults(home, f"{QUESTIONS}/risk.yml: is about risks; name it risks.yml")


# Topics, terms, texts.


def test_topic_that_names_an_unknown_one(home) -> None:
    home.change("data/topics.yml", "    title: Risks\n", "    title: Risks\n    also: [riscs]\n")
    assert_faults(home, "data/topics.yml: risks.also: riscs is no topic; correct its spelling")


def test_word_with_two_meanings(home) -> None:
    home.change("data/terms/technique.yml", "[microdermabrasion, sanding]", "[sanding, keloid]")
    faults = home.run("check").faults
    assert "data/terms/technique.yml: 'keloid' also means scar_type keloid; keep one" in faults


def test_unknown_placeholder(home) -> None:
    home.change("data/texts/clinic.yml", "I have no prices.", "I have no prices. {fone}")
    assert_faults(home, "data/texts/clinic.yml: cost: {fone} is no placeholder; use one of abuse, "
                        "address, booking, clinic_name, crisis, emergency, hours, keep_days, "
                        "parking, phone, privacy")  # fmt: skip


def test_placeholder_that_nothing_fills(home) -> None:
    """`{titles}` is filled in some frames only; in another text it would stop the assistant."""
    home.change("data/texts/clinic.yml", "I have no prices.", "I have no prices. {titles}")
    ran = home.run("check")
    assert ran.code == 1
    assert len(ran.faults) == 1
    assert "cost: {titles}" in ran.faults[0]


def test_lone_brace(home) -> None:
    home.change("data/texts/clinic.yml", "I have no prices.", "I have no prices. {")
    ran = home.run("check")
    assert ran.code == 1
    assert ran.faults[0].startswith("data/texts/clinic.yml: cost: ")


def test_fixed_text_that_is_missing(home) -> None:
    text = (home.path / "data/texts/clinic.yml").read_text(encoding="utf-8")
    start, end = text.index("insurance:\n"), text.index("book_consultation:\n")
    home.write("data/texts/clinic.yml", text[:start] + text[end:])
    home.build()
    assert_faults(home, "data/texts: has no text for insurance; add one, or an action for it")


def test_fixed_text_that_offers_an_unknown_topic(home) -> None:
    home.change("data/texts/conversation.yml", "[definition, risks, creams, cost]", "[riscs]")
    assert_faults(home, "data/texts: greet offers riscs, which is no topic; correct it")


def test_fixed_text_too_hard_to_read(home) -> None:
    home.change(
        "data/texts/conversation.yml",
        '"You are welcome. ',
        '"Gratification notwithstanding, additional interrogatives remain permissible. ',
    )
    home.build()
    faults = home.run("check").faults
    assert [fault.partition(" reads at grade")[0] for fault in faults] == ["data/texts: thanks"]


# Rules, domain, actions.


def test_rule_taken_out(home) -> None:
    rule = "- rule: risks\n  steps:\n  - intent: risks\n  - action: action_answer\n"
    home.change("data/rules/topics.yml", rule, "")
    assert_faults(home, "data/rules/topics.yml: is stale; run scarwise build")


def test_built_training_data_edited_by_hand(home) -> None:
    home.add("data/nlu/clinic.yml", "    - edited by hand\n")
    assert_faults(home, "data/nlu/clinic.yml: is stale; run scarwise build")


def test_built_file_taken_out(home) -> None:
    home.remove("data/nlu/terms.yml")
    assert_faults(home, "data/nlu/terms.yml: is stale; run scarwise build")


def test_new_phrasing_makes_the_build_stale(home) -> None:
    home.add(f"{QUESTIONS}/risks.yml", "    - has it a dark side, tell me\n")
    assert_faults(home, "data/nlu/about_scar_revision.yml: is stale; run scarwise build")


def test_changed_text_makes_the_domain_stale(home) -> None:
    home.change("data/texts/conversation.yml", "You are welcome.", "Welcome.")
    assert_faults(home, "domain.yml: is stale; run scarwise build")


def test_action_that_the_domain_lacks(home) -> None:
    home.change("domain.yml", "- action_repeat\n", "")
    assert_faults(home, "domain.yml: lacks the action action_repeat; list it under `actions`")


def test_action_without_a_module(home) -> None:
    home.remove("actions/repeat.py")
    assert_faults(home, "actions/repeat.py: is missing; the domain names action_repeat")


# The clinic's settings.


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("name: Willow Lane Scar Clinic", 'name: " "', ("name: is empty; patients read it, so fill "
         "it in")),
        ("country: US", "country: Mars",
         "country: Input should be 'US', 'UK', 'CA', 'AU', 'IE', 'IN' or 'EU'"),
        ('"+1 212 555 0142"', "call us",
         'phone: is no phone number; write it like "+1 212 555 0142", in quotes'),
        ('"+1 212 555 0142"', '"555"',
         'phone: is no phone number; write it like "+1 212 555 0142", in quotes'),
        ('"https://clinic.example/book"', "clinic.example/book",
         "booking: is no web address; begin it with https://"),
        ('"https://clinic.example/privacy"', "javascript:alert(1)",
         "privacy: is no web address; begin it with https://"),
        ("serve: reviewed", "serve: all", "serve: Input should be 'reviewed' or 'signed'"),
        ("parking:", "parkng:",
         "parkng: is not a known key; correct its spelling or take it out"),
    ],
)  # fmt: skip
def test_wrong_clinic_setting(home, before: str, after: str, message: str) -> None:
    home.change("clinic.yml", before, after)
    assert_faults(home, f"clinic.yml: {message}")


def test_missing_clinic_setting(home) -> None:
    home.change("clinic.yml", 'hours: "Monday to Friday, 9 am to 5 pm"\n', "")
    assert_faults(home, "clinic.yml: hours: is missing; add it")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('"+1 212 555 0142"', "+12125550142", "phone"),
        ("# numbers:\n#   emergency: \"911\"", "numbers:\n  emergency: 911", "numbers.emergency"),
    ],
)  # fmt: skip
def test_number_without_quotes_names_the_mend(home, before: str, after: str, place: str) -> None:
    home.change("clinic.yml", before, after)
    ran = home.run("check")
    assert ran.code == 1
    assert len(ran.faults) == 1
    assert ran.faults[0].startswith(f"clinic.yml: {place}: ")
    assert "quotes" in ran.faults[0]


def test_missing_clinic_file(home) -> None:
    home.remove("clinic.yml")
    assert_faults(home, "clinic.yml: is missing; create it")


# Suggestions: one vetted question for each topic.

SUGGESTIONS = "data/suggestions.yml"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('cost: "How much does it cost?"\n', "",
         "cost is missing; write one short question for it"),
        ('cost: "How much does it cost?"', 'cost: "How much does it cost?"\ncots: "How much?"',
         "cots is no topic; correct its spelling"),
        ('cost: "How much does it cost?"', 'cost: "How much does it cost?"\ncrisis: "What now?"',
         "crisis is a danger, which nobody is invited to ask; take it out"),
        ('"How much does it cost?"', '"What are the risks?"',
         "cost has the question of risks; word it otherwise"),
        ('"How much does it cost?"', f'"{"How so? " * 8}?"',
         "cost: must be one question of at most 60 characters"),
        ('"How much does it cost?"', '"Cost."',
         "cost: must be one question of at most 60 characters"),
        ('"How much does it cost?"', '"What financial expenditure is anticipated?"',
         "cost reads at grade 19.4, more than 6; use shorter words"),
    ],
)  # fmt: skip
def test_a_suggestion(home, before: str, after: str, says: str) -> None:
    home.change(SUGGESTIONS, before, after)
    assert_faults(home, f"{SUGGESTIONS}: {says}")


def test_a_suggestion_that_is_no_text(home) -> None:
    home.change(SUGGESTIONS, '"How much does it cost?"', "7")
    assert_faults(home, f"{SUGGESTIONS}: cost: must be text; put it in quotes")
