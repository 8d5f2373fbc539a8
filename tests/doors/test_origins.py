"""Which websites may talk with the assistant, by the one header that a page cannot forge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.channels.origins import cross_origin_headers, may_come_from
from scarwise.clinic import Clinic, load_clinic

SITE = "https://www.clinic.example"


def clinic(*websites: str) -> Clinic:
    return Clinic.model_validate({**load_clinic().model_dump(), "websites": websites})


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (SITE, SITE),
        (f"{SITE}/", SITE),
        ("HTTPS://WWW.Clinic.Example", SITE),
        ("https://clinic.example:8443", "https://clinic.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_a_website_is_named_as_browsers_do(given: str, known: str) -> None:
    assert clinic(given).websites == (known,)


@pytest.mark.parametrize(
    "wrong",
    ["*", "null", "clinic.example", "http://clinic.example", f"{SITE}/chat", "", "https://"],
)
def test_what_is_no_website_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no website; write it like https://www.clinic.exampl"):
        clinic(wrong)


def test_own_pages_and_listed_ones_may() -> None:
    assert may_come_from(None, "chat.example", [])
    assert may_come_from("https://chat.example", "chat.example", [])
    assert may_come_from("http://127.0.0.1:5005", "127.0.0.1:5005", [])
    assert may_come_from(SITE, "chat.example", [SITE])
    assert not may_come_from(SITE, "chat.example", [])
    assert not may_come_from("https://chat.example:444", "chat.example", [])


@given(st.text(max_size=60) | st.sampled_from([f"{SITE}.x", f"x{SITE}", f"{SITE}:1", "null"]))
def test_no_other_may(origin: str) -> None:
    assert not may_come_from(origin, "chat.example", [SITE])
    assert cross_origin_headers(origin, allowed=False) == {"Vary": "Origin"}
