"""What is wrong with a file and how to mend it, in the one form that every check prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scarwise.places import shown


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one file, or of one line of it: `path:line: message`, the message naming the
    mend."""

    path: str
    line: int = field(default=0, kw_only=True)  # 0 for the whole file
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


def fault(path: Path, message: str, line: int = 0) -> Fault:
    """The fault `message` of the file at `path`, or of one of its lines."""
    return Fault(shown(path), message, line=line)


class FaultyDataError(ValueError):
    """Data that cannot be used; `faults` says why, one line each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(one) for one in self.faults))


@dataclass
class Report:
    """What a check found: faults (they fail), warnings (they do not) and figures."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take over what another report found."""
        self.faults += other.faults
        self.warnings += other.warnings
        self.figures += other.figures
