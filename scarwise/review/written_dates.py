"""Dates as people and spreadsheets write them; what may mean two days is refused."""

from __future__ import annotations

import re
from datetime import date

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})[- ]([a-z]{3,9})\.?[- ](\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})")
MEND = "write it like 1 May 2027"


class DateError(ValueError):
    """What was written is no date, or may be two; the message names the mend."""


def read_date(written: str) -> date:
    """The day that `written` means; raises `DateError`."""
    text = " ".join(written.lower().split())
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTS.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _SLASHES.fullmatch(text):
        day, month, year = _day_and_month(written, *map(int, found.groups()))
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), _month(written, found[2]), _year(found[3])
    elif found := _MONTH_FIRST.fullmatch(text):
        day, month, year = int(found[2]), _month(written, found[1]), int(found[3])
    elif re.fullmatch(r"\d{4,6}(?:[.,]\d+)?", text):
        raise DateError(f"{written!r} is a number that stands for a date in a spreadsheet; {MEND}")
    else:
        raise DateError(f"{written!r} is no date; {MEND}")
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"{written!r} is no day of the calendar; {MEND}") from None


def _day_and_month(written: str, first: int, second: int, year: int) -> tuple[int, int, int]:
    """3/14/2027 can only be one day; 3/4/2027 is March 4 here and April 3 there."""
    if first != second and first <= 12 and second <= 12:
        raise DateError(f"{written!r} may be two days, as either number may be the month; {MEND}")
    return (second, first, year) if second > 12 else (first, second, year)


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _month(written: str, name: str) -> int:
    for number, month in enumerate(MONTHS, start=1):
        if name in (month, month[:3]) or (name, number) == ("sept", 9):
            return number
    raise DateError(f"{written!r} names no English month; {MEND}")
