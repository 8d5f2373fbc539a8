"""An SMS is counted as carriers count it, and no letter is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.channels.sms_text import is_gsm, plain, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),  # two septets each
        ("€" * 81, 2),
        ("€" * 152, 2),  # 76 in a segment: a pair is not split between two
        ("€" * 153, 3),
        ("é" * 160, 1),
        ("ê" * 70, 1),  # not GSM-7
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),  # two units each
        ("😀" * 36, 2),
        ("😀" * 66, 2),  # 33 in a segment
        ("😀" * 67, 3),
        ("急" * 201, 3),
        ("a" * 159 + "’", 3),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text())
def test_a_longer_text_never_takes_fewer_segments(text: str) -> None:
    counts = [segments(text[:end]) for end in range(len(text) + 1)]
    assert counts == sorted(counts) or not is_gsm(text)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="\r`\x00"), max_size=500))
def test_plain_keeps_every_word(text: str) -> None:
    assert plain(text).split() == text.split()


def test_plain_exchanges_typographic_marks() -> None:
    typed = "It’s “fine” – call 112… now\u00a0please "
    assert plain(typed) == 'It\'s "fine" - call 112... now please'
    assert is_gsm(plain(typed))


@pytest.mark.parametrize("text", ["如遇紧急情况", "ê", "Ω ü ñ"])
def test_plain_leaves_other_letters_as_they_are(text: str) -> None:
    assert plain(text) == text
