"""What the assistant keeps: conversations, and the secret that guards them."""

from __future__ import annotations

from pathlib import Path

from scarwise import places

# What a running assistant writes; nothing here belongs into version control.
VAR = places.HOME / "var"


def private_folder(path: Path) -> Path:
    """The folder `path`, made when it is missing so that only this user may look inside."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
