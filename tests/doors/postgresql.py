"""A PostgreSQL server of the tests' own, on a free port of this machine, gone when they end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .running import free_port

DEBIAN = "/usr/lib/postgresql"
# PostgreSQL refuses to run as root.
OWNERS = ("postgres", "nobody")


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`."""
    found = shutil.which("initdb") or max(Path(DEBIAN).glob("*/bin/initdb"), default=None)
    return Path(found).resolve().parent if found else None


def _owner() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in OWNERS if name in known)


@contextlib.contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of an empty database, of which its user is the owner."""
    programs = _programs()
    if programs is None:
        assert "CI" not in os.environ, "PostgreSQL is missing: apt-get install postgresql"
        pytest.skip("PostgreSQL is not installed here; .ci/run installs it")
    owner, port = _owner(), free_port()
    switch = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    as_owner = switch if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="scarwise-postgresql-", dir="/tmp"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "clinic", "-A", "trust", "-E", "UTF8", "-N"],
        cwd=folder, check=True, capture_output=True, **as_owner,
    )  # fmt: skip
    control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        subprocess.run(
            [*control, "-o", settings, "start"], cwd=folder, check=True, capture_output=True,
            **as_owner,
        )  # fmt: skip
        yield f"postgresql://clinic@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], cwd=folder, capture_output=True, check=False,
            **as_owner,
        )  # fmt: skip
        shutil.rmtree(folder)
