"""A reply reaches the patient once, whatever the provider and the line do meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from scarwise.channels import delivery
from scarwise.channels.addresses import Addresses, SealError
from scarwise.channels.delivery import (
    BadAddressError,
    Delivery,
    DownError,
    Line,
    NotSentError,
    OpenError,
    OptedOutError,
    Part,
    RefusedError,
    ThrottledError,
    TooLongError,
    halves,
)
from scarwise.channels.provider_settings import TwilioSettings
from scarwise.channels.stand_in import Account, StandIn
from scarwise.channels.twilio import TwilioProvider, told_apart
from scarwise.storage.opt_outs import OptOuts
from scarwise.storage.outbox import KEPT, Due, Outbox

from .running import until
from .texting import PUBLIC, Loop, Texting

RISKS = "Scar revision has risks, as all surgery does."
FAULTS = ["429", "503", "taken_then_503", "taken_then_cut", "cut"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_neither_loses_nor_doubles(fault: str, sms: Texting, known: str) -> None:
    sms.stand_in.faults.extend([fault])
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)
    sms.settled()
    sms.quiet(known, 3, 0.3)


def test_faults_one_after_the_other(sms: Texting, known: str) -> None:
    sms.stand_in.faults.extend(["cut", "429", "taken_then_cut"])
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)
    sms.settled()
    sms.quiet(known, 3, 0.3)


def test_the_same_words_twice_are_two_messages_though_each_was_cut(
    sms: Texting, known: str
) -> None:
    for count in (3, 4):
        sms.stand_in.faults.extend(["taken_then_cut"])
        sms.text(known, "thanks")
        sms.settled()
        sms.quiet(known, count, 0.2)


def test_who_opts_out_while_a_reply_waits_gets_it_no_more(sms: Texting, known: str) -> None:
    sms.stand_in.faults.extend(["503"])
    sms.text(known, "What are the risks?")
    sms.text(known, "STOP")
    sms.settled()
    bodies = [one.body for one in sms.stand_in.to(known)]
    assert [body for body in bodies[2:] if body.startswith(RISKS)] == []
    assert bodies[-1].startswith("You will get no more messages")


@pytest.mark.parametrize("code", [21211, 21612, 63016])
def test_a_refusal_for_good_is_let_go(code: int, sms: Texting, known: str) -> None:
    sms.stand_in.refused[known] = code
    sms.text(known, "What are the risks?")
    sms.settled(20)
    del sms.stand_in.refused[known]
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)


def test_a_slow_provider_holds_up_nobody_else(sms: Texting, known: str) -> None:
    sms.stand_in.slow_seconds = 4.0
    sms.stand_in.faults.extend(["slow"])
    sms.text(known, "What are the risks?")
    time.sleep(0.5)
    other, began = sms.somebody(), time.monotonic()
    sms.say(other, "thanks", 2)
    assert time.monotonic() - began < 3.0
    assert sms.read(known, 3)[2].body.startswith(RISKS)


def test_an_opt_out_and_an_open_reply_outlive_a_restart(sms: Texting, known: str) -> None:
    gone = sms.somebody()
    sms.say(gone, "STOP")
    sms.stand_in.faults.extend(["503"] * 3)
    sms.text(known, "What are the risks?")
    time.sleep(1.0)
    assert sms.stop() == 0
    sms.stand_in.faults.clear()
    sms.start_again()
    assert sms.read(known, 3)[2].body.startswith(RISKS)
    sms.text(gone, "What are the risks?")
    sms.settled()
    sms.quiet(known, 3, 0.3)
    assert len(sms.stand_in.to(gone)) == 1


def test_no_number_in_database_log_or_folder(sms: Texting) -> None:
    number = sms.somebody()
    address = f"whatsapp:{sms.somebody()}"
    for one in (number, address):
        sms.say(one, "What are the risks?", 2)
        sms.say(one, "STOP")
    sms.stand_in.refused[number] = 21211
    sms.text(number, "START")
    sms.settled()
    digits = [number.removeprefix("+").encode(), address.rpartition("+")[2].encode()]
    files = [path for path in (sms.home.folder / "var").rglob("*") if path.is_file()]
    files += list(sms.home.folder.glob("log-*"))
    assert {path.name for path in files} >= {"conversations.db", sms.serving.log.name}
    for path in files:
        content = path.read_bytes()
        assert [one for one in digits if one in content] == [], path
    senders = [one for (one,) in sms.rows("SELECT DISTINCT sender_id FROM events")]
    by_text = [one for one in senders if not one.startswith("webchat:")]  # of other tests here
    assert by_text and all(len(one.partition(":")[2]) == 40 for one in by_text)


def test_forget_me_by_sms(sms: Texting, known: str) -> None:
    sms.say(known, "What are the risks?")
    (told,) = sms.say(known, "forget me")
    assert told.startswith("This chat is deleted here. Your phone still shows it")
    sms.settled()
    sender = sms.sender(known)
    for table, column in (("events", "sender_id"), ("turns", "conversation")):
        assert sms.rows(f"SELECT count(*) FROM {table} WHERE {column} = ?", sender) == [(0,)]
    assert sms.rows("SELECT content FROM messages_due WHERE conversation = ?", sender)[0] == (None,)
    first, _ = sms.say(known, "thanks", 2)  # a new chat
    assert first.startswith("This is the automated assistant of")


def test_a_database_that_is_away_gives_the_safe_reply(sms: Texting, known: str) -> None:
    with closing(sqlite3.connect(sms.home.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        (told,) = sms.say(known, "What are the risks?")
        assert told.startswith("I cannot answer right now.")
        assert "In an emergency, call 911." in told
        # Whoever opts out meanwhile has opted out.
        assert sms.say(known, "STOP")[0].startswith("You will get no more messages")
        sms.text(known, "What are the risks?")
        sms.quiet(known, 4, 0.5)
    until(lambda: sms.rows("SELECT count(*) FROM opt_outs WHERE sender = ?",
                           sms.sender(known)) == [(1,)], 20, "the opt-out")  # fmt: skip
    assert sms.say(known, "START")[0].startswith("Welcome back")
    assert sms.say(known, "What are the risks?")[0].startswith(RISKS)


# Without a server


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 21610, OptedOutError), (400, 21617, TooLongError), (400, 21211, BadAddressError),
        (400, 21614, BadAddressError), (429, 20429, ThrottledError), (429, None, ThrottledError),
        (400, 63018, ThrottledError), (500, 20500, OpenError), (503, None, OpenError),
        (401, 20003, DownError), (404, 20404, DownError), (403, 21408, RefusedError),
        (400, 63016, RefusedError), (400, None, RefusedError),
    ],
)  # fmt: skip
def test_answers_of_twilio_are_told_apart(status: int, code: int | None, kind: type) -> None:
    assert type(told_apart(status, code)) is kind


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def stand_in(loop: Loop) -> tuple[StandIn, TwilioProvider]:
    account = Account()
    found = StandIn("")
    settings = TwilioSettings(account.sid, account.token, PUBLIC, account.sms_number, None,
                              loop.serve(found.app()))  # fmt: skip
    return found, TwilioProvider(settings)


LINE = Line("sms", "+12125550177", Account().sms_number)


def deliver(loop: Loop, provider: TwilioProvider, engine: sa.Engine, due: Due, *texts: str) -> None:
    async def may_send() -> bool:
        return True

    outbox = Outbox(engine)
    outbox.arrive(due.mark, due.conversation, due.content)
    work = Delivery(provider, outbox, asyncio.to_thread)
    loop.run(work.send(due, LINE, [Part(one) for one in texts], may_send))


def test_parts_go_out_in_order(loop, stand_in, engine) -> None:
    deliver(loop, stand_in[1], engine, Due("m", "sms:x", "c"), "one", "two", "three")
    assert [one.body for one in stand_in[0].sent] == ["one", "two", "three"]


def test_a_part_that_was_taken_before_a_kill_is_not_sent_again(loop, stand_in, engine) -> None:
    taken, provider = stand_in
    sid = loop.run(provider.send(LINE, Part("two")))
    due = Due("m", "sms:x", "c", sent=1, trying_since=datetime.now(UTC))
    deliver(loop, provider, engine, due, "one", "two", "three")
    assert [one.body for one in taken.sent] == ["two", "three"]
    assert due.provider_ids[0] == sid
    assert Outbox(engine).known_ids("sms:x") == {one.sid for one in taken.sent}


def test_a_part_that_was_not_taken_before_a_kill_is_sent(loop, stand_in, engine) -> None:
    due = Due("m", "sms:x", "c", trying_since=datetime.now(UTC))
    deliver(loop, stand_in[1], engine, due, "one")
    assert [one.body for one in stand_in[0].sent] == ["one"]


def test_a_text_that_is_too_long_goes_out_in_halves(loop, stand_in, engine) -> None:
    long = "\n\n".join("x" * 500 for _ in range(4))
    deliver(loop, stand_in[1], engine, Due("m", "sms:x", "c"), long)
    bodies = [one.body for one in stand_in[0].sent]
    assert len(bodies) == 2
    assert "\n\n".join(bodies) == long
    with pytest.raises(TooLongError):
        deliver(loop, stand_in[1], engine, Due("n", "sms:x", "c"), "y" * 2000)


def test_it_gives_up_in_the_end(loop, stand_in, engine, monkeypatch) -> None:
    monkeypatch.setattr(delivery, "GIVE_UP_SECONDS", 0.3)
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.01)
    stand_in[0].faults.extend(["503"] * 1000)
    with pytest.raises(NotSentError):
        deliver(loop, stand_in[1], engine, Due("m", "sms:x", "c"), "one")
    assert stand_in[0].sent == []


def test_a_provider_that_nobody_reaches_is_down(loop, engine) -> None:
    settings = TwilioSettings(Account().sid, Account().token, PUBLIC, "+12125550100", None,
                              "http://127.0.0.1:1")  # fmt: skip
    with pytest.raises(DownError):
        loop.run(TwilioProvider(settings).send(LINE, Part("one")))


def test_halves() -> None:
    assert halves(Part("one")) == []
    first, second = halves(Part("a\n\nb\n\nc", (("A", "/a"),)))
    assert (first, second) == (Part("a\n\nb"), Part("c", (("A", "/a"),)))


def test_the_outbox_tells_a_message_that_came_before_and_forgets_it_after_two_days(engine) -> None:
    outbox = Outbox(engine)
    assert outbox.arrive("m", "sms:x", "sealed")
    assert not outbox.arrive("m", "sms:x", "sealed")
    assert outbox.due(datetime.now(UTC) - KEPT) == []  # it came later than that
    (due,) = outbox.due(datetime.now(UTC))
    outbox.done(due)
    assert outbox.due(datetime.now(UTC)) == []
    assert not outbox.arrive("m", "sms:x", "sealed")
    assert outbox.delete_old() == 0
    assert outbox.delete_old(datetime.now(UTC) + KEPT) == 1
    assert outbox.arrive("m", "sms:x", "sealed")


def test_opt_outs_are_known_to_another_server(engine) -> None:
    for _ in range(2):
        OptOuts(engine).set("sms:x", True)
        assert OptOuts(engine).has("sms:x")
    OptOuts(engine).set("sms:x", False)
    assert not OptOuts(engine).has("sms:x")


def test_an_old_word_that_comes_again_changes_nothing(engine) -> None:
    outbox, opt_outs = Outbox(engine), OptOuts(engine)
    opt_outs.make_table()

    def opting_out(connection: sa.Connection) -> None:
        opt_outs.write(connection, "sms:x", True)

    assert outbox.arrive("stop", "sms:x", "sealed", opting_out)
    assert opt_outs.has("sms:x")
    opt_outs.set("sms:x", False)
    assert not outbox.arrive("stop", "sms:x", "sealed", opting_out)
    assert not OptOuts(engine).has("sms:x")


def test_hashes_and_seals_hang_on_the_secret() -> None:
    ours, other = Addresses(b"a" * 32), Addresses(b"b" * 32)
    sender = ours.sender("sms", "+12125550177")
    assert sender == ours.sender("sms", "+12125550177")
    assert sender.removeprefix("sms:") not in (
        ours.sender("whatsapp", "+12125550177"), other.sender("sms", "+12125550177"),
    )  # fmt: skip
    assert ours.mark("sms", "SM1") != ours.mark("whatsapp", "SM1")
    sealed = ours.seal({"address": "+12125550177"})
    assert "12125550177" not in sealed and sealed != ours.seal({"address": "+12125550177"})
    assert ours.open(sealed) == {"address": "+12125550177"}
    for broken in (sealed[:-2], "x"):
        with pytest.raises(SealError):
            ours.open(broken)
    with pytest.raises(SealError):
        other.open(sealed)
