"""The README is true: every command, path and setting that it names is there."""

from __future__ import annotations

import re
import subprocess

import pytest

from scarwise import places
from scarwise.cli import main

README = (places.HOME / "README.md").read_text(encoding="utf-8")
# In code only: prose says "make" of other things, too.
CODE = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", README, flags=re.DOTALL)
SNIPPETS = [block or span for block, span in CODE]
MADE_BY_USE = {
    "var/conversations.db", "var/secret", "var/", ".venv", ".venv/bin/", ".venv/bin/scarwise",
    "models/", "reports/understanding.html",
}  # fmt: skip


def named(pattern: str) -> list[str]:
    """What the code in the README holds of `pattern`, each once."""
    return sorted({found for one in SNIPPETS for found in re.findall(pattern, one)})


def targets() -> set[str]:
    """The targets that `make help` lists."""
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=places.HOME, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return set(re.findall(r"^make (\w+)", listed, flags=re.MULTILINE))


def subcommands(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The subcommands that `scarwise --help` lists."""
    with pytest.raises(SystemExit):
        main(["--help"])
    return set(re.findall(r"^    (\w+) ", capsys.readouterr().out, flags=re.MULTILINE))


def test_make_targets() -> None:
    written = set(named(r"\bmake (\w+)"))
    assert written >= {"run", "shell", "test", "help"}
    assert written <= targets()


def test_scarwise_commands(capsys: pytest.CaptureFixture[str]) -> None:
    written = set(named(r"\bscarwise ([a-z]+)"))
    assert written >= {"check", "build", "review", "replay"}
    assert written <= subcommands(capsys)


@pytest.mark.parametrize("action", ["show", "sign", "send-back", "import"])
def test_scarwise_review(action: str) -> None:
    assert f"`{action}`" in README or f"scarwise review {action}" in README
    with pytest.raises(SystemExit) as ended:
        main(["review", action, "--help"])
    assert ended.value.code == 0


PATHS = [one for one in SNIPPETS if re.fullmatch(r"[\w.-]*[/.][\w./-]*", one)]


@pytest.mark.parametrize("path", sorted(set(PATHS) - MADE_BY_USE))
def test_paths(path: str) -> None:
    assert (places.HOME / path).exists()


def test_the_table_of_folders_names_every_package() -> None:
    packages = {f"scarwise/{one.parent.name}/" for one in places.HOME.glob("scarwise/*/*.py")}
    assert packages <= set(PATHS)


@pytest.mark.parametrize("setting", named(r"\b(SCARWISE_\w+)"))
def test_settings(setting: str) -> None:
    modules = places.HOME.glob("scarwise/**/*.py")
    assert any(f'"{setting}"' in module.read_text(encoding="utf-8") for module in modules)


def test_every_setting_is_told() -> None:
    modules = [one.read_text(encoding="utf-8") for one in places.HOME.glob("scarwise/**/*.py")]
    used = {found for one in modules for found in re.findall(r'"(SCARWISE_\w+)"', one)}
    assert used == set(named(r"\b(SCARWISE_\w+)"))
