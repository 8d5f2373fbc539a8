"""The fixed texts: everything the assistant says that is not a vetted answer.

They lie in `data/texts/`, apart from the code, with placeholders for the clinic's details.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from scarwise import places
from scarwise.clinic import Clinic, load_clinic
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault

# Filled for each message, not by the clinic's settings, and in these texts only.
MESSAGE_PLACEHOLDERS = {
    "source": {"sources", "reviewed"},
    "source.signed": {"sources", "reviewed"},
    "about": {"subject"},
    "no_answer": {"subject"},
    "no_more_detail": {"subject"},
    "may_also_mean": {"titles"},
    "also_asked": {"titles"},
    "callback_summary": {"given_name", "given_phone", "given_time"},
    "callback_saved": {"number"},
}
CLINIC_PLACEHOLDERS = frozenset(
    "clinic_name phone booking address hours parking privacy keep_days "
    "emergency crisis abuse".split()
)


class FixedText(Schema):
    """One fixed text, the topics offered below it, and buttons of other kinds."""

    text: str
    offers: list[str] = []
    buttons: dict[str, str] = {}  # title and payload


def placeholders(text: str) -> set[str]:
    """The names in braces in `text`."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _wrong(name: str, text: str) -> list[str]:
    """What is wrong with the placeholders of the text `name`."""
    try:
        found = placeholders(text)
    except ValueError as error:
        return [f"has a brace that is not closed ({error}); write it as {{name}}, or take it out"]
    unknown = found - CLINIC_PLACEHOLDERS - MESSAGE_PLACEHOLDERS.get(name, set())
    known = ", ".join(sorted(CLINIC_PLACEHOLDERS))
    return [f"{{{one}}} is no placeholder; use one of {known}" for one in sorted(unknown)]


@lru_cache
def load_fixed_texts(folder: Path | None = None) -> dict[str, FixedText]:
    """All fixed texts by id; raises `FaultyDataError` with every fault found."""
    folder = folder or places.DATA / "texts"
    texts: dict[str, FixedText] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        for name, text in read_yaml(path, dict[str, FixedText]).items():
            if name in texts:
                faults.append(fault(path, f"{name} stands twice; take one out"))
            faults += [fault(path, f"{name}: {wrong}") for wrong in _wrong(name, text.text)]
            texts[name] = text
    if faults:
        raise FaultyDataError(faults)
    return texts


def english_texts() -> dict[str, FixedText]:
    """The fixed texts that are not for patients who write in another language."""
    foreign = read_yaml(places.DATA / "texts" / "languages.yml", dict[str, FixedText])
    return {name: text for name, text in load_fixed_texts().items() if name not in foreign}


class Texts:
    """The fixed texts in the voice of one clinic."""

    def __init__(self, texts: Mapping[str, FixedText], clinic: Clinic) -> None:
        self.fixed = texts
        self.clinic = clinic
        self._values = clinic.values()

    def say(self, name: str, **values: str) -> str:
        """The text `name` with the clinic's details and `values` filled in."""
        return self.fixed[name].text.strip().format_map({**self._values, **values})

    def offers(self, name: str) -> list[str]:
        """Topics offered below the text `name`."""
        return list(self.fixed[name].offers)

    def buttons(self, name: str) -> tuple[tuple[str, str], ...]:
        """Buttons below the text `name` that lead to no topic: title and payload."""
        return tuple(self.fixed[name].buttons.items())

    def __contains__(self, name: str) -> bool:
        return name in self.fixed


@lru_cache
def load_texts() -> Texts:
    """The project's fixed texts for the project's clinic; raises `FaultyDataError`."""
    return Texts(load_fixed_texts(), load_clinic())
