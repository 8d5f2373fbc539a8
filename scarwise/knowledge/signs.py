"""Words of danger, as `data/danger/` lists them: the signs of each kind, what takes them back."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from scarwise import places
from scarwise.datafile import Schema, read_yaml

Kind = Literal["emergency", "urgent_wound", "crisis", "abuse"]


class ContextFile(Schema):
    """Words that several signs share, and words that take a sign back."""

    lists: dict[str, list[str]]
    negation: list[str]
    past: list[str]
    supposed: list[str]
    elsewhere: list[str]
    idioms: list[str]


class SignFile(Schema):
    """The signs of one kind of danger."""

    kind: Kind
    signs: list[str]


@lru_cache
def load_sign_files(folder: Path | None = None) -> tuple[ContextFile, tuple[SignFile, ...]]:
    """The shared words and the signs of every kind; raises `FaultyDataError`."""
    folder = folder or places.DATA / "danger"
    context = read_yaml(folder / "context.yml", ContextFile)
    paths = sorted(path for path in folder.glob("*.yml") if path.stem != "context")
    return context, tuple(read_yaml(path, SignFile) for path in paths)
