"""Keeps conversations in SQLite or PostgreSQL, and fails closed.

Rasa's own SQL store blocks every conversation while it waits for the database, waits forever when
the database is away at start, and goes on with an empty conversation after an error. This one
works in threads, waits a second or two, and raises: the turn then gives the fixed safe text and
takes no step, so a patient never goes on in a conversation that was lost. Named in `endpoints.yml`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import (
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session, sessionmaker

from scarwise.clinic import load_clinic
from scarwise.storage import unanswered
from scarwise.storage.database import database_url, make_tables, open_engine
from scarwise.storage.forgetting import Gone, forget_conversation


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL store of trackers; a turn reads the events of the current session only."""

    def __init__(
        self, domain: Domain | None = None, event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        self.engine = open_engine(database_url())
        self.sessionmaker = sessionmaker(bind=self.engine)
        self._has_tables = False
        TrackerStore.__init__(self, domain, event_broker)

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session; makes the tables on first use, so that a late database mends itself."""
        if not self._has_tables:
            make_tables(self.engine, self.Base.metadata)
            self._has_tables = True
        with self.sessionmaker() as session:
            yield session

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        return await _in_thread(
            partial(super()._retrieve, sender_id, fetch_events_from_all_sessions)
        )

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events of this turn to the database."""
        await _in_thread(partial(super().save, tracker))

    async def forget(self, sender_id: str) -> Gone:
        """Delete the whole conversation; it is gone when this returns."""
        return await asyncio.to_thread(forget_conversation, self.engine, sender_id)

    def _additional_events(
        self, session: Session, tracker: DialogueStateTracker
    ) -> Iterator[Event]:
        """The events of `tracker` that are not stored yet.

        Rasa takes every tracker for one that holds the last session that was stored; here it may
        hold a new one alone.
        """
        events = list(tracker.events)
        if not events:
            return iter(())
        stored = session.query(self.SQLEvent).filter(
            self.SQLEvent.sender_id == tracker.sender_id,
            self.SQLEvent.timestamp >= events[0].timestamp,
        )
        return iter(events[stored.count() :])

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        return await _in_thread(super().keys)


def _itself(store: TrackerStore) -> TrackerStore:
    """The store in Rasa's wrapper."""
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


async def forget(store: TrackerStore, sender_id: str) -> Gone:
    """Delete a conversation from whichever store Rasa was given; raises where it cannot."""
    store = _itself(store)
    if isinstance(store, InMemoryTrackerStore):
        store.store.pop(sender_id, None)
        return Gone()
    if isinstance(store, ConversationStore):
        return await store.forget(sender_id)
    raise NotImplementedError(f"{type(store).__name__} cannot forget a conversation")


def keeper_of_unanswered(store: TrackerStore) -> Callable[..., None] | None:
    """What keeps a masked question beside the conversations of `store`; None when none is kept."""
    store = _itself(store)
    if isinstance(store, ConversationStore) and load_clinic().keep_unanswered:
        return partial(unanswered.keep, store.engine)
    return None


async def _in_thread(work: Any) -> Any:
    """The result of Rasa's `work`: a coroutine that waits for nothing but the database."""
    return await asyncio.to_thread(lambda: asyncio.run(work()))
