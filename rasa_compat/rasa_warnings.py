"""Fault: Rasa frightens its users with warnings about parts that this project replaces.

Rasa keeps a list of warnings that are expected and not shown; those that its last release could
not know of are added to it. With `--debug` Rasa shows them all.
"""

from __future__ import annotations

from types import ModuleType

EXPECTED = [
    # setuptools is locked below the release that takes this away
    (UserWarning, "pkg_resources is deprecated"),
    # terms are found by scarwise.understanding.components.SpacyTerms, not by Rasa's own parts
    (UserWarning, "You have defined training data consisting of (entity examples|lookup tables)"),
    (UserWarning, "You have defined synonyms in your training data"),
    # fixed texts are said by actions too, which Rasa does not see
    (UserWarning, "The utterance '.*' is not used in any story or rule"),
]


def mend(common: ModuleType) -> None:
    """Add to the list of warnings that Rasa does not show."""
    common.EXPECTED_WARNINGS.extend(EXPECTED)
