"""The terms that are marked in questions and found in messages: technique, kind of scar, place.

spaCy's entity ruler finds them; Rasa's synonyms turn each word into the one value that the
answers' facets use.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from spacy.language import Language

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault


class Term(Schema):
    """One value: where it comes from (a passage or patients' speech) and its other words."""

    origin: str = Field(alias="from")
    words: list[str]


class TermFile(Schema):
    """One entity and its terms by value."""

    entity: str
    terms: dict[str, Term]


@lru_cache
def load_terms(folder: Path | None = None) -> dict[str, TermFile]:
    """The term files by entity; raises `FaultyDataError` when a word has two meanings."""
    folder = folder or places.DATA / "terms"
    files: dict[str, TermFile] = {}
    meanings: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        file = read_yaml(path, TermFile)
        if file.entity != path.stem:
            faults.append(fault(path, f"holds {file.entity}; name it {file.entity}.yml"))
        for value, term in file.terms.items():
            for word in [value, *term.words]:
                earlier = meanings.setdefault(word.lower(), f"{file.entity} {value}")
                if earlier != f"{file.entity} {value}":
                    faults.append(fault(path, f"{word!r} also means {earlier}; keep one"))
        files[file.entity] = file
    if faults:
        raise FaultyDataError(faults)
    return files


def add_ruler(nlp: Language, terms: dict[str, TermFile]) -> Language:
    """Add an entity ruler that finds every term, longest first, whatever the case."""
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(
        [
            {"label": file.entity, "pattern": word, "id": value}
            for file in terms.values()
            for value, term in file.terms.items()
            for word in [value, *term.words]
        ]
    )
    return nlp
