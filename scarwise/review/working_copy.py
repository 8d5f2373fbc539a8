"""Whether files are as the version history holds them: only that can be signed and found again.

A folder without a version history has no such thing; there the hash alone says what was signed.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from scarwise import places
from scarwise.faults import Fault, fault

IGNORED = "!!"


def uncommitted(files: Iterable[Path]) -> list[Fault]:
    """The `files` that differ from the last commit, with the mend; none without Git."""
    return [found for path in sorted(set(files)) if (found := _fault(path))]


def _fault(path: Path) -> Fault | None:
    there = path.resolve()
    if not any((folder / ".git").exists() for folder in there.parents):
        return None
    try:
        ran = subprocess.run(
            ["git", "-C", there.parent, "status", "--porcelain", "--ignored",
             "--untracked-files=all", "--", there.name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return fault(path, "cannot be compared with its last commit; install git, then sign")
    if ran.returncode:
        reason = " ".join(ran.stderr.split())
        return fault(path, f"cannot be compared with its last commit ({reason}); mend this first")
    # What Git is told to ignore is not under version control.
    if not ran.stdout or ran.stdout.startswith(IGNORED):
        return None
    name = shlex.quote(places.shown(path))
    return fault(path, "has changes that are not committed, and only what is committed can be "
                       f"signed: git add {name} && git commit")  # fmt: skip
