"""The secret and the rate limits, each by itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scarwise.channels import limits
from scarwise.channels.identity import DAY, ExpiredError, SecretError, Tokens, load_secret
from scarwise.channels.limits import RateLimit, network_of


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
