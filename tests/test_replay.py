"""`scarwise replay`: what patients would get, one JSON line for each conversation, in order."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore

from scarwise import cli, in_process, replay
from scarwise.faults import FaultyDataError
from scarwise.in_process import Assistant
from scarwise.replay import read_lines

KEYS = ["outcome", "topics", "offered", "note", "slot", "text", "buttons", "ms"]


@pytest.fixture
def fresh(assistant, monkeypatch):
    """The assistant of this session without its earlier conversations, as `replay` loads it."""

    def loaded() -> Assistant:
        store = InMemoryTrackerStore(assistant.agent.domain)
        monkeypatch.setattr(assistant.agent, "tracker_store", store)
        monkeypatch.setattr(assistant.agent.processor, "tracker_store", store)
        return assistant

    monkeypatch.setattr(replay, "Assistant", loaded)


@pytest.fixture
def replayed(fresh, tmp_path):
    """Replay lines: the exit code and the lines that were written."""
    numbers = iter(range(1000))

    def run(*lines: object, channel: str = "web") -> tuple[int, list[dict]]:
        file, out = tmp_path / f"{next(numbers)}.jsonl", io.StringIO()
        text = [one if isinstance(one, str) else json.dumps(one) for one in lines]
        file.write_text("\n".join(text) + "\n", encoding="utf-8")
        code = replay.main(str(file), channel, out)
        return code, [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def test_one_text(replayed) -> None:
    code, lines = replayed({"id": "q1", "text": "Are there any risks?"})
    assert code == 0
    assert [list(line) for line in lines] == [["id", "replies"]]
    reply = lines[0]["replies"][0]
    assert list(reply) == KEYS
    assert reply.pop("text").startswith("Scar revision has risks, as all surgery does.")
    assert isinstance(reply.pop("ms"), int)
    assert lines[0]["id"] == "q1"
    assert reply == {
        "outcome": "answered", "topics": ["risks"], "offered": [], "note": None, "slot": None,
        "buttons": ["Risk of infection", "Skin color or texture", "Risks of anesthesia"],
    }  # fmt: skip


def test_several_turns_are_one_conversation(replayed) -> None:
    turns = [{"say": "hello"}, {"say": "Are there any risks?"}, {"say": "/infection_risk"}]
    _, lines = replayed({"id": 7, "turns": turns})
    assert lines[0]["id"] == 7
    assert [one["topics"] for one in lines[0]["replies"]] == [["greet"], ["risks"],
                                                              ["infection_risk"]]  # fmt: skip


def test_what_an_sms_patient_reads(replayed) -> None:
    said = "Are there any risks?|MORE|MORE|2|Risks|more|more|HELP|START|stop"
    turns = [{"say": one} for one in said.split("|")]
    code, lines = replayed({"id": 1, "turns": turns}, channel="sms")
    assert code == 0
    replies = lines[0]["replies"]
    assert all(list(one) == KEYS for one in replies)
    first, second, third, fourth = replies[:4]
    assert first["text"].startswith("Scar revision has risks, as all surgery does.")
    assert first["text"].endswith(
        "Text MORE to read on.\nReply with a number:\n1 Risk of infection"
    )
    assert first["buttons"] == ["Risk of infection"]
    assert "Talk over all the risks and benefits with the doctor" in second["text"]
    assert "Source: Scar revision surgery." in third["text"]
    assert (second["topics"], fourth["topics"]) == (["risks"], ["skin_changes"])
    assert replies[4]["text"] == first["text"]
    assert replies[6]["text"] == third["text"]
    assert [one["text"][:30] for one in replies[7:]] == [
        "Willow Lane Scar Clinic: this ", "Hello. I am the automated assi",
        "You will get no more messages ",
    ]  # fmt: skip


def test_sms_and_web_give_the_same_topics(replayed) -> None:
    texts = ["hello", "How much does it cost?", "does silicone help a keloid?", "scar?",
             "I can't breathe, my face is swelling", "What is the capital of France?"]  # fmt: skip
    lines = [{"id": one, "text": text} for one, text in enumerate(texts)]
    told = [
        [[one["replies"][0][name] for name in ("outcome", "topics", "offered")] for one in found]
        for _, found in (replayed(*lines), replayed(*lines, channel="sms"))
    ]
    assert told[0] == told[1]


def test_every_line_is_a_conversation_of_its_own(replayed) -> None:
    _, lines = replayed(
        {"id": "a", "text": "Are there any risks?"},
        {"id": "b", "text": "/infection_risk"},  # a button of a's reply, and none of b's
        {"id": "a", "text": "say that again"},
    )
    assert lines[2]["replies"][0]["text"].startswith("I have not answered a question yet.")
    assert "/infection_risk" not in json.dumps(lines)


def test_order_and_repeated_ids(replayed) -> None:
    ids = ["z", "a", "m", "a", 3]
    code, lines = replayed(*({"id": one, "text": "hello"} for one in ids))
    assert (code, [line["id"] for line in lines]) == (0, ids)


@pytest.mark.parametrize(
    ("text", "outcome", "topics"),
    [
        ("hello", "conversation", ["greet"]),
        ("How much does it cost?", "answered", ["cost"]),
        ("What is the capital of France?", "declined", ["out_of_scope"]),
        ("I can't breathe and my face is swelling", "safety", ["emergency"]),
        ("", "declined", ["out_of_scope"]),
        ("x " * 600, "declined", ["out_of_scope"]),
        ("/restart", "declined", ["out_of_scope"]),
    ],
)
def test_outcomes(text: str, outcome: str, topics: list[str], replayed) -> None:
    _, lines = replayed({"id": 1, "text": text})
    reply = lines[0]["replies"][0]
    assert (reply["outcome"], reply["topics"]) == (outcome, topics)
    assert reply["text"]


def test_unicode_goes_in_and_out_as_it_is(replayed) -> None:
    _, lines = replayed({"id": "ü😢", "text": "¿Cuánto cuesta la cirugía de cicatrices?"})
    assert lines[0]["id"] == "ü😢"
    assert lines[0]["replies"][0]["text"].startswith("Lo siento, solo entiendo inglés.")


def test_letters_are_written_not_escaped(fresh, tmp_path) -> None:
    file, out = tmp_path / "x.jsonl", io.StringIO()
    file.write_text('{"id": "é", "text": "¿Cuánto cuesta la cirugía?"}\n', encoding="utf-8")
    assert replay.main(str(file), "web", out) == 0
    assert '"id": "é"' in out.getvalue()
    assert "inglés" in out.getvalue()


def test_empty_lines_and_further_keys_are_passed_over(replayed) -> None:
    code, lines = replayed("", {"id": 1, "text": "hello", "topic": "greet"}, "   ")
    assert (code, len(lines)) == (0, 1)


def test_empty_file(replayed) -> None:
    assert replayed("") == (0, [])


def test_standard_input(fresh, monkeypatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": 1, "text": "hello"}\n'))
    assert replay.main("-", "web", out) == 0
    assert json.loads(out.getvalue())["replies"][0]["topics"] == ["greet"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": 1, "text": "x"', "Invalid JSON: EOF while parsing an object at line 1 column 21"),
        ("[1]", "Input should be an object"),
        ('{"text": "x"}', "id Field required"),
        ('{"id": 1}', "Value error, give either `text` or `turns`"),
        ('{"id": 1, "text": "x", "turns": []}', "Value error, give either `text` or `turns`"),
        ('{"id": 1, "text": 7}', "text Input should be a valid string"),
        ('{"id": 1, "turns": [{"say": "x"}, {"sey": "x"}]}', "turns.1.say Field required"),
    ],
)
def test_wrong_line_is_named(line: str, wrong: str) -> None:
    with pytest.raises(FaultyDataError) as error:
        read_lines("questions.jsonl", ['{"id": 0, "text": "x"}', "", line])
    assert str(error.value) == f"questions.jsonl: line 3: {wrong}"


def test_every_wrong_line_is_told_before_anything_is_replayed(tmp_path, capsys) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{\n{"id": 1, "text": "hello"}\n}\n', encoding="utf-8")
    assert cli.main(["replay", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    starts = [line.partition(": Inv")[0] for line in printed.err.splitlines()]
    assert starts == [f"{file}: line 1", f"{file}: line 3"]


def test_file_that_is_not_there(capsys) -> None:
    assert cli.main(["replay", "no_such_file.jsonl"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("scarwise: no_such_file.jsonl: ")
    assert "No such file" in printed.err


def test_no_model_says_what_to_run(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(in_process.places, "MODELS", tmp_path)
    file = tmp_path / "x.jsonl"
    file.write_text('{"id": 1, "text": "hello"}\n', encoding="utf-8")
    assert cli.main(["replay", str(file)]) == 1
    err = capsys.readouterr().err
    assert err.startswith("scarwise: There is no model in ")
    assert err.endswith(": run `make train`.\n")


def test_ten_turns_a_second_at_least(replayed) -> None:
    """The aim is twenty on two cores; tests share them, so half is asked for here."""
    texts = ["Are there any risks?", "hello", "How much does it cost?", "Can a scar be cut out?"]
    replayed({"id": "warm", "text": "hello"})
    started = time.perf_counter()
    replayed(*({"id": n, "text": texts[n % 4]} for n in range(40)))
    assert 40 / (time.perf_counter() - started) >= 10
