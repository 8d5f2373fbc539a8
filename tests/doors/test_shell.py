"""The shell door with piped input, as a script or a newcomer uses it."""

from __future__ import annotations

from .running import Home

RISKS = "Scar revision has risks, as all surgery does."
PROMPT = "Please talk with a doctor about your own scar. Call Willow Lane Scar Clinic at"


def test_a_piped_session(home: Home) -> None:
    ran = home.scarwise("shell", said="Are there any risks?\n1\ntell me more\n/stop\nhello\n")
    assert ran.returncode == 0, ran.stderr
    shown = ran.stdout
    assert shown.index(RISKS) < shown.index(PROMPT) < shown.index("Source: Scar revision surgery.")
    first = shown.partition("  1: ")[2].partition("\n")[0]
    assert first == "Risk of infection"
    # The number chose the first button, and the last line was not read.
    assert "Infection is one of the risks of scar revision." in shown.partition("input -> 1")[2]
    assert shown.rstrip().endswith("Your input -> /stop")
    for noise in ("Warning", "Traceback", "pkg_resources", "ERROR"):
        assert noise not in ran.stderr


def test_input_that_ends_ends_the_session(home: Home) -> None:
    ran = home.scarwise("shell", said="What are the risks?")
    assert ran.returncode == 0, ran.stderr
    assert RISKS in ran.stdout
