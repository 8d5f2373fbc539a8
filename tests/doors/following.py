"""A reader of `docs/content.md` who follows it to the letter in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

from scarwise import places

from .running import READY, Answer, Chat, free_port, until

GUIDE = (places.HOME / "docs" / "content.md").read_text(encoding="utf-8")
FIRST_PART, _, SECOND_PART = GUIDE.partition("## A topic of your own")
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "models", ".cache", "var", "reports", "__pycache__", "node_modules", ".*_cache"
)
WRITE = re.compile(r"Write `(?P<file>[^`]+)`:$")
BELOW = re.compile(r"Below the line `(?P<line>[^`]+)` of `(?P<file>[^`]+)`:$")
SHOWN = re.compile(r"scarwise review sign (\S+) --hash (v[0-9a-f]{16})")


@dataclass(frozen=True)
class Step:
    """A block of the guide: its kind, its content, and the words before it."""

    kind: str
    content: str
    before: str


def steps(guide: str) -> Iterator[Step]:
    before = ""
    for token in MarkdownIt().parse(guide):
        if token.type == "inline":
            before = " ".join(token.content.split())
        elif token.type == "fence":
            yield Step(token.info, token.content, before)


@dataclass
class Reader:
    """Somebody who does what the guide says, in a copy of the project."""

    home: Path
    asks: str = ""  # as a patient, where the guide starts the assistant
    reply: Answer | None = None
    printed: str = ""
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if "SCARWISE" not in name}
        who = {f"GIT_{role}_{what}": "tester@clinic.example"
               for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip
        path = f"{self.home / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**clean, **who, "PATH": path, "PYTHONPATH": str(self.home)}

    def follow(self, guide: str) -> None:
        """Do every step; what is printed is what the guide says."""
        done = list(steps(guide))
        for step, after in zip(done, [*done[1:], None], strict=True):
            if step.kind == "text":
                self.compare(step.content)
            elif step.kind == "csv":
                self._fill_in(step.content)
            elif step.kind != "sh":
                self._write(step)
            elif step.content.strip() == "make run":
                self._serve()
            else:
                self.run(step.content, after.content if after and after.kind == "text" else "")

    def run(self, commands: str, printed: str = "") -> None:
        """Run commands that succeed, unless what they print ends with a number of faults."""
        for answer, shown in self.hashes.items():
            commands = commands.replace(f"{answer} --hash HASH", f"{answer} --hash {shown}")
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands], cwd=self.home, env=self.environment,
            capture_output=True, text=True, timeout=1800, check=False,
        )  # fmt: skip
        fails = bool(re.search(r"^\d+ faults$", printed, flags=re.MULTILINE))
        assert ran.returncode == int(fails), f"{commands}\n{ran.stdout}\n{ran.stderr}"
        self.printed = ran.stdout
        self.hashes |= dict(SHOWN.findall(ran.stdout))

    def compare(self, expected: str) -> None:
        """Every expected line was printed, wherever the terminal broke it."""
        printed = re.sub(r"v[0-9a-f]{16}", "HASH", " ".join(self.printed.split()))
        for line in expected.splitlines():
            assert " ".join(line.split()) in printed

    def _write(self, step: Step) -> None:
        if found := WRITE.search(step.before):
            path = self.home / found["file"]
            assert not path.exists(), f"{found['file']} is there already; the guide wants a new one"
            path.write_text(step.content, encoding="utf-8")
            return
        found = BELOW.search(step.before)
        assert found, f"the guide does not say where this belongs:\n{step.content}"
        path = self.home / found["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(f"\n{found['line']}\n") == 1
        line = f"\n{found['line']}\n"
        path.write_text(text.replace(line, line + step.content), encoding="utf-8")

    def _fill_in(self, row: str) -> None:
        """Put a filled row in the place of the printed one, whose hash it keeps."""
        sheet = self.home / "booklet.csv"
        rows = sheet.read_text(encoding="utf-8-sig").splitlines()
        answer = row.partition(",")[0]
        (number,) = [n for n, one in enumerate(rows) if one.startswith(f"{answer},")]
        printed = rows[number].split(",")[1]
        assert printed == self.hashes[answer]
        rows[number] = row.strip().replace("HASH", printed)
        sheet.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")

    def _serve(self) -> None:
        """Start the assistant, ask it as a patient, and stop it with Ctrl-C."""
        port = free_port()
        log = self.home / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["make", "run"], cwd=self.home, env={**self.environment, "PORT": str(port)},
                stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        try:
            until(lambda: READY.search(log.read_text()) or process.poll() is not None, 120, "Ready")
            assert process.poll() is None, log.read_text()
            self.reply = Chat(port).say(self.asks)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(60)
        assert "Stopped." in log.read_text()


def fresh_reader(folder: Path, models: Path) -> Reader:
    """A reader with a fresh copy of the project in `folder`, set up, trained and committed."""
    home = folder / "project"
    shutil.copytree(places.HOME, home, ignore=NOT_COPIED, symlinks=True)
    (home / ".venv").symlink_to(places.HOME / ".venv")
    for name, kept in (("models", models), (".cache", places.CACHE)):
        (home / name).mkdir()
        for path in kept.iterdir():
            if path.is_file():
                (home / name / path.name).symlink_to(path.resolve())
    reader = Reader(home)
    reader.run("git init -q && git add -A && git commit -q -m Start")
    return reader
