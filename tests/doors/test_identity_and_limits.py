"""The secret, the rate limits and the memory of turns, each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from scarwise.channels import limits, once
from scarwise.channels.identity import SecretError, load_secret
from scarwise.channels.limits import RateLimit
from scarwise.channels.once import Turns


def test_the_secret_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCARWISE_SECRET", raising=False)
    path = tmp_path / "var" / "secret"
    secret = load_secret(path)
    assert len(secret) >= 32
    assert load_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]
    assert load_secret(tmp_path / "other" / "secret") != secret


def test_a_secret_that_is_set_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCARWISE_SECRET", "x" * 32)
    assert load_secret(tmp_path / "secret") == b"x" * 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40])
def test_a_useless_secret_is_told(content: bytes, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SCARWISE_SECRET", raising=False)
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(SecretError, match=r"secret (is shorter than 32|cannot be read)"):
        load_secret(path)


def test_a_limit_slides() -> None:
    now = [0.0]
    limit = RateLimit(most=2, seconds=10, clock=lambda: now[0])
    assert [limit.wait("a"), limit.wait("a"), limit.wait("b")] == [0, 0, 0]
    assert limit.wait("a") == 10
    now[0] = 9.5
    assert limit.wait("a") == 1
    now[0] = 10.0
    assert limit.wait("a") == 0


def test_a_limit_forgets_who_stayed_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    now = [0.0]
    limit = RateLimit(most=1, seconds=10, clock=lambda: now[0])
    for key in "abc":
        limit.wait(key)
    now[0] = 20.0
    limit.wait("d")
    assert list(limit._times) == ["d"]


def test_turns_are_kept_while_they_matter(run: Callable, monkeypatch) -> None:
    monkeypatch.setattr(once, "MOST_TURNS", 2)
    monkeypatch.setattr(once, "MOST_CONVERSATIONS", 2)

    async def reply() -> str:
        return "reply"

    async def play() -> None:
        turns = Turns()
        for sender, message in [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1")]:
            await turns.begin(sender, message, 0, reply()).reply
        assert turns.find("a", "1") is None
        assert await turns.find("a", "3").reply == "reply"
        turns.begin("c", "1", 0, reply())
        assert turns.find("a", "3") is None
        assert turns.find("b", "1") is not None
        await asyncio.sleep(0)

    run(play())


def test_turns_of_one_conversation_keep_their_order(run: Callable) -> None:
    done = []

    async def reply(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        done.append(name)

    async def play() -> None:
        turns = Turns()
        first = turns.begin("a", "1", 0, reply("slow", 0.1))
        second = turns.begin("a", "2", 0, reply("fast", 0.0))
        other = turns.begin("b", "1", 0, reply("other", 0.0))
        await asyncio.gather(first.reply, second.reply, other.reply)

    run(play())
    assert done == ["other", "slow", "fast"]
