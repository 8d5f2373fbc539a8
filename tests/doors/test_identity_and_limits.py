"""The secret, the rate limits and the memory of turns, each by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scarwise.channels import limits, once
from scarwise.channels.identity import DAY, ExpiredError, SecretError, Tokens, load_secret
from scarwise.channels.limits import RateLimit, network_of
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


def test_a_limit_remembers_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many who all came just now: who came longest ago is forgotten."""
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    limit = RateLimit(most=2, seconds=DAY, clock=lambda: 0.0)
    for number in range(1000):
        assert limit.wait(str(number)) == 0
        assert limit.wait("often") == (0 if number < 2 else DAY)
    assert len(limit._times) == 100
    assert limit.wait("999") == 0
    assert limit.wait("999") == DAY


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:" + "x" * 100, "unix:" + "x" * 59),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_token_expires() -> None:
    now = [time.time()]
    tokens = Tokens(b"x" * 40, "webchat", days=30, clock=lambda: now[0])
    token = tokens.issue()
    now[0] += 30 * DAY - 2
    assert tokens.sender(token) == "webchat:" + token.partition(".")[0]
    now[0] += 3
    with pytest.raises(ExpiredError):
        tokens.sender(token)
    now[0] -= 32 * DAY  # it would come from the future
    with pytest.raises(ExpiredError):
        tokens.sender(token)


def test_a_callers_id_is_marked_by_what_nobody_can_guess() -> None:
    tokens = Tokens(b"x" * 40, "webchat")
    mark = tokens.mark("webchat:a", "1-212-555-0142")
    assert mark == tokens.mark("webchat:a", "1-212-555-0142")
    assert mark != tokens.mark("webchat:b", "1-212-555-0142")
    assert mark != Tokens(b"y" * 40, "webchat").mark("webchat:a", "1-212-555-0142")
    assert len(mark) == 24


def test_kept_replies_are_let_go(run: Callable) -> None:
    async def reply(seconds: float = 0.0) -> str:
        await asyncio.sleep(seconds)
        return "reply"

    async def play() -> None:
        turns = Turns()
        await turns.begin("a", "1", 0, reply()).reply
        await turns.begin("b", "1", 0, reply()).reply
        asking = turns.begin("a", "2", 0, reply(0.1))
        turns.forget("a")
        turns.forget("unknown")
        assert turns.find("a", "1") is None
        assert turns.find("b", "1") is not None
        assert turns.find("a", "2") is asking  # a client that asks again gets this reply
        assert await asking.reply == "reply"

    run(play())


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
