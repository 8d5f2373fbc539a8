"""Starts what a running assistant is made of: Rasa, and the action server beside it.

`scarwise run` serves patients until it is told to stop; `scarwise shell` is for trying things out.
Both give the action server a free port on this machine alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from ruamel.yaml import YAML

from scarwise import places
from scarwise.channels import provider_settings
from scarwise.channels.identity import SecretError, load_secret
from scarwise.channels.provider_settings import ProviderSettingError
from scarwise.clinic import load_clinic
from scarwise.storage.database import DatabaseSettingError, database_url
from scarwise.storage.forgetting import DAY, delete_expired

LOOPBACK = "127.0.0.1"
PORT = 5005
CREDENTIALS = places.HOME / "credentials.yml"
STARTING = "Starting the assistant: about 10 seconds."
START_SECONDS = 120.0
STOP_SECONDS = 20.0
# A server that lives but does not answer so many probes in a row hangs: it is started again.
PROBE_EVERY = 3.0
STARTING_PROBE_EVERY = 0.5  # until it answers for the first time
PROBE_SECONDS = 2.0
MOST_MISSES = 5
# Between two starts of a server; longer each time for one that keeps dying.
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever HTTP_PROXY says
# A message is too small to share out among threads: two cost twice the CPU and save no time.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Linux alone can end a child with its parent; elsewhere a killed `scarwise run` leaves them behind.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
# Settings of the surroundings that would make a server talk, or listen to others; all are taken
# out, but those that say where a proxy puts a visitor's address.
LOUD_SETTINGS = ("LOG_LEVEL", "RASA_", "SANIC_", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE",
                 "PYTHONWARNINGS", "PYTHONVERBOSE")  # fmt: skip
PROXY_SETTINGS = frozenset(
    f"SANIC_{name}"
    for name in ("PROXIES_COUNT", "REAL_IP_HEADER", "FORWARDED_FOR_HEADER", "FORWARDED_SECRET")
)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ServeError(RuntimeError):
    """The assistant cannot be started or go on; the message names the mend."""


def check_ready() -> None:
    """Raise when settings or model are not fit to serve; `FaultyDataError` for `clinic.yml`."""
    load_clinic()
    if not list(places.MODELS.glob("*.tar.gz")):
        raise ServeError(f"There is no model in {places.shown(places.MODELS)}: run `make train`.")
    try:
        load_secret()
        database_url()
        provider_settings.check(CREDENTIALS)
    except (SecretError, DatabaseSettingError, ProviderSettingError) as error:
        raise ServeError(str(error)) from None


def check_port(host: str, port: int) -> None:
    """Raise `ServeError` when another program holds the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop the program that "
                f"uses it, or choose another port: `make run PORT={port + 1}`."
            ) from None


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def endpoints_for(port: int) -> Iterator[Path]:
    """A copy of `endpoints.yml` that leads to the action server at `port`.

    Rasa fills in environment variables but knows no default for them, and a plain `rasa run` must
    work with the file as it is.
    """
    yaml = YAML()
    content = yaml.load(places.ENDPOINTS.read_text(encoding="utf-8"))
    content.setdefault("action_endpoint", {})["url"] = f"http://{LOOPBACK}:{port}/webhook"
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as copy:
        yaml.dump(content, copy)
        copy.flush()
        yield Path(copy.name)


def _environment() -> dict[str, str]:
    """This process's own, in which nothing turns on debugging, access logs or reports by chance,
    and without Sanic's notes to the developers of Rasa."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in PROXY_SETTINGS or not name.startswith(LOUD_SETTINGS)
    }
    quiet = {
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_DEPRECATION_FILTER": "ignore",
        "SANIC_HOST": LOOPBACK,  # of the action server
    }
    return {**kept, **quiet, **ONE_THREAD}


def _dies_with(parent: int) -> Callable[[], None] | None:
    """What a new child does first, so that a kill -9 of `parent` does not leave it behind."""
    libc = _LIBC
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask


class Server:
    """One server process: started, waited for, and stopped."""

    def __init__(self, name: str, arguments: Sequence[str], health: str) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", *arguments]
        self._health = health
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._has_answered = False
        self._misses = 0
        self._next_probe = 0.0

    def start(self) -> None:
        """Start the process, out of reach of the terminal's Ctrl-C."""
        self._process = subprocess.Popen(
            self._arguments,
            cwd=places.HOME,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),
        )
        self._started = time.monotonic()
        self._has_answered, self._misses = False, 0
        self._next_probe = self._started

    def end_if_hanging(self) -> None:
        """Probe it now and then, and end it when it does not answer for long."""
        now = time.monotonic()
        if now < self._next_probe:
            return
        if self._answers():
            self._has_answered, self._misses = True, 0
            self._next_probe = now + PROBE_EVERY
            return
        self._next_probe = now + (PROBE_EVERY if self._has_answered else STARTING_PROBE_EVERY)
        self._misses += self._has_answered
        late = not self._has_answered and now - self._started > START_SECONDS
        if self._process and (late or self._misses >= MOST_MISSES):
            print(f"{self.name} does not answer.", flush=True)
            self._process.kill()
            self._process.wait()

    def start_again(self, stop: threading.Event) -> None:
        """Start it after a pause, which grows while it keeps dying young."""
        print(f"{self.name} stopped (exit code {self.code}); starting it again.", flush=True)
        lived = time.monotonic() - self._started
        self._pause = FIRST_PAUSE if lived > LONGEST_PAUSE else self._pause
        stop.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if not stop.is_set():
            self.start()

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll() if self._process else None

    def wait_ready(self, stop: threading.Event) -> None:
        """Return when it answers or `stop` is set; raise `ServeError` when it does not."""
        end = time.monotonic() + START_SECONDS
        while not stop.is_set() and not self._answers():
            if self.code is not None:
                raise ServeError(f"{self.name} stopped while starting; its reason stands above.")
            if time.monotonic() > end:
                raise ServeError(f"{self.name} did not answer within {START_SECONDS:.0f} seconds.")
            stop.wait(0.2)
        self._has_answered = True  # should it hang before its first probe

    def _answers(self) -> bool:
        try:
            with _DIRECT.open(self._health, timeout=PROBE_SECONDS) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False

    def stop(self) -> None:
        """Let it finish what it does, then make sure that it is gone."""
        if self._process is None or self.code is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _action_server(port: int) -> Server:
    arguments = ["rasa_sdk", "--actions", places.ACTIONS.name, "--port", str(port), "--quiet"]
    return Server("The action server", arguments, f"http://{LOOPBACK}:{port}/health")


def _rasa(command: str, endpoints: Path, host: str, port: int) -> list[str]:
    where = ["--interface", host, "--port", str(port), "--model", str(places.MODELS)]
    return ["rasa", command, "--quiet", "--endpoints", str(endpoints), *where]


@contextlib.contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and the usual signals set."""
    stop = threading.Event()

    def _set(_: int, __: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, _set) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_sms_demo(port: int = PORT) -> int:
    """As `run`, with a pretend phone that writes text messages at the next port."""
    from scarwise.channels.sms_demo import pretend_phone  # tests and clinics do without it

    check_port(LOOPBACK, port + 1)
    with pretend_phone(port, port + 1) as phone:
        return run(LOOPBACK, port, f"The pretend phone: {phone}")


def run(host: str = LOOPBACK, port: int = PORT, news: str = "") -> int:
    """Serve patients until told to stop; the exit code is 0 then. `news` is shown when ready."""
    check_ready()
    check_port(host, port)
    actions_port = free_port()
    shown_host = LOOPBACK if host == "0.0.0.0" else host
    page = f"http://{shown_host}:{port}/webhooks/webchat/"
    delete_expired(load_clinic().keep_days)
    with _told_to_stop() as stop, endpoints_for(actions_port) as endpoints:
        actions = _action_server(actions_port)
        arguments = [*_rasa("run", endpoints, host, port), "--credentials", str(CREDENTIALS)]
        rasa = Server("Rasa", arguments, f"http://{shown_host}:{port}/")
        print(STARTING, flush=True)
        try:
            for server in (actions, rasa):
                server.start()
            for server in (actions, rasa):
                server.wait_ready(stop)
            if not stop.is_set():
                print(f"Ready: {page} (Ctrl-C stops it)", flush=True)
                if news:
                    print(news, flush=True)
            _keep_going((actions, rasa), stop)
        finally:
            for server in (rasa, actions):
                server.stop()
    print("Stopped.", flush=True)
    return 0


def _keep_going(servers: Sequence[Server], stop: threading.Event) -> None:
    """Start each server again when it dies or hangs, and delete what is too old every day, until
    told to stop."""
    deleted = time.monotonic()
    while not stop.wait(0.25):
        if time.monotonic() - deleted > DAY:
            deleted = time.monotonic()
            delete_expired(load_clinic().keep_days)
        for server in servers:
            if server.code is None:
                server.end_if_hanging()
            elif not stop.is_set():
                server.start_again(stop)


def shell() -> int:
    """Talk with the assistant in the terminal, or let it answer the lines of standard input."""
    check_ready()
    actions_port = free_port()
    with endpoints_for(actions_port) as endpoints:
        actions = _action_server(actions_port)
        with _told_to_stop() as stop:
            try:
                print(STARTING, file=sys.stderr, flush=True)
                actions.start()
                actions.wait_ready(stop)
                # A terminal's Ctrl-C reaches Rasa's shell itself, which then ends.
                talk = [sys.executable, "-m", *_rasa("shell", endpoints, LOOPBACK, free_port())]
                done = subprocess.Popen(
                    talk,
                    cwd=places.HOME,
                    env=_environment(),
                    preexec_fn=_dies_with(os.getpid()),
                )
                while done.poll() is None:
                    if stop.wait(0.2):
                        done.terminate()
                        done.wait(STOP_SECONDS)
                return done.returncode
            finally:
                actions.stop()
