"""Fault: Rasa's shell turns a reply with buttons into a menu.

The menu cuts the reply at the width of the terminal, takes the next lines of piped input for its
keys, and hangs where the input ends. Here the shell prints the whole reply with its buttons
numbered below; a number chooses, and so does any other text.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

PROMPT = "Your input -> "
Ask = Callable[[None], Awaitable[str | None]]


def mend(console: ModuleType) -> None:
    """Show replies as text, and read lines where nobody sits at a terminal."""
    ask = console._get_user_input

    async def _get_user_input(previous_response: dict[str, Any] | None) -> str | None:
        buttons = (previous_response or {}).get("buttons") or []
        if previous_response is not None:
            show(previous_response)
        return chosen(await read_line(ask), buttons)

    console._get_user_input = _get_user_input
    console._print_bot_output = show


def show(message: dict[str, Any]) -> None:
    """Print one reply, whole."""
    print(f"\n{message.get('text') or ''}")
    for number, button in enumerate(message.get("buttons") or [], start=1):
        print(f"  {number}: {button['title']}")
    print(flush=True)


def chosen(typed: str | None, buttons: list[dict[str, str]]) -> str | None:
    """The payload of the button whose number was typed, else what was typed."""
    if typed and typed.isdecimal() and 1 <= int(typed) <= len(buttons):
        return buttons[int(typed) - 1]["payload"]
    return typed


async def read_line(ask: Ask) -> str | None:
    """The next line without its end; None when there is no more."""
    if sys.stdin.isatty():
        try:
            return await ask(None)
        except EOFError:
            return None
    line = await asyncio.to_thread(sys.stdin.readline)
    if line:
        print(f"{PROMPT}{line.strip()}", flush=True)
    return line.strip() if line else None
