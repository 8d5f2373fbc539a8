"""What earlier turns lend to the next message."""

from __future__ import annotations

from rasa.shared.core.events import BotUttered, SlotSet, UserUttered

from scarwise.understanding.reading import RECORD, Context
from scarwise.understanding.running_subject import context_of


def bot(*topics: str, offered: tuple[str, ...] = ()) -> BotUttered:
    return BotUttered("x", metadata={RECORD: {"topics": list(topics), "offered": list(offered)}})


def test_nothing_before_the_first_turn() -> None:
    assert context_of([]) == Context()


def test_newest_topic_first_each_once_three_at_most() -> None:
    events = [bot("risks"), UserUttered("x"), bot("laser"), UserUttered("x"), bot("risks", "cost"),
              UserUttered("x"), bot("creams")]  # fmt: skip
    assert context_of(events).topics == ("creams", "risks", "cost")


def test_only_offers_of_the_last_turn_count() -> None:
    events = [bot("risks", offered=("laser",)), UserUttered("x")]
    assert context_of(events).offered == ()
    assert context_of([*events, bot(offered=("cost", "creams"))]).offered == ("cost", "creams")


def test_technique_and_kind_of_scar_run_on() -> None:
    events = [SlotSet("technique", "laser"), SlotSet("answered", []), UserUttered("x"),
              SlotSet("scar_type", "keloid"), SlotSet("technique", "cream")]  # fmt: skip
    context = context_of(events)
    assert (context.technique, context.scar_type) == ("cream", "keloid")


def test_what_is_no_topic_lends_nothing() -> None:
    """The safe reply and "none of these" are said, but nobody can ask more about them."""
    assert context_of([bot("risks"), UserUttered("x"), bot("unavailable")]).topics == ("risks",)
    assert context_of([bot("none_of_these")]).topics == ()


def test_message_without_a_record_lends_nothing() -> None:
    assert context_of([BotUttered("x")]) == Context()
