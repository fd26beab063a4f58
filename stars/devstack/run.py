"""``./dev run``: everything a person needs to try STARS, in one terminal, until Ctrl-C."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stars.devstack import external, messages, paths, ports, processes, services
from stars.devstack.errors import DevstackError
from stars.devstack.supervisor import Supervisor, colours_wanted

MARK = "STARS_DEV_RUN"  # in the environment of all we start: finds them again after a SIGKILL
SERVERS = {"STARS_WEB_PORT": "web", "STARS_SANDBOX_PORT": "sandbox"}


def run(root: Path = paths.PROJECT_ROOT) -> int:
    """Serve the checkout; returns 0 after Ctrl-C or SIGTERM. Raises DevstackError."""
    place = paths.layout(root)
    external.check()
    place.state.mkdir(exist_ok=True)
    with _only_one(place) as info:
        _stop_leftovers(place)
        claimed = ports.reserve()
        try:
            step("Starting PostgreSQL and Valkey")
            with services.running(place.root, step) as addresses:
                environment = environment_for(place, claimed, addresses)
                info(claimed.numbers)
                prepare(place, environment)
                _Serving(place, claimed, environment).run()
        finally:
            claimed.release()
    return 0


def environment_for(
    place: paths.Layout, claimed: ports.Ports, addresses: dict[str, str]
) -> dict[str, str]:
    """What every program of this run gets to know."""
    numbers = {name: str(number) for name, number in claimed.numbers.items()}
    site = f"http://localhost:{claimed.numbers['STARS_WEB_PORT']}"
    sandbox = f"http://{ports.HOST}:{claimed.numbers['STARS_SANDBOX_PORT']}"
    return {
        **os.environ,
        **addresses,
        **numbers,
        "STARS_SITE_URL": os.environ.get("STARS_SITE_URL") or site,
        "STARS_SANDBOX_URL": os.environ.get("STARS_SANDBOX_URL") or sandbox,
        MARK: str(place.root),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(place: paths.Layout, environment: dict[str, str]) -> None:
    """Translations, tables and demo data: each quick when there is nothing to do."""
    compiled = messages.compile_stale(place.root)
    if compiled:
        step(f"Compiled {len(compiled)} translation files")
    step("Bringing the tables up to date")
    manage(environment, "migrate", "--verbosity=1")
    if has_command(place.root, "load_content"):
        manage(environment, "load_content", "--apply")
    if has_command(place.root, "seed_demo"):
        step("Loading the demo if the database is empty")
        manage(environment, "seed_demo", "--if-empty")
    else:
        step("No demo data: there is no command seed_demo yet")


def manage(environment: dict[str, str], *arguments: str) -> None:
    """A management command whose output the person sees. Raises DevstackError when it fails."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], env=environment, check=False)
    if done.returncode != 0:
        raise DevstackError(f"manage.py {arguments[0]} failed (code {done.returncode}).")


def has_command(root: Path, name: str) -> bool:
    """Whether one of our apps has this management command."""
    places = (f"*/management/commands/{name}.py", f"*/*/management/commands/{name}.py")
    return any(any(root.glob(place)) for place in places)


def step(text: str) -> None:
    """One line of progress."""
    mark = "\033[33m★\033[0m" if colours_wanted(sys.stdout) else "*"
    print(f"{mark} {text}", flush=True)


@dataclass
class _Serving:
    """The programs, and the greeting once the web server answers."""

    place: paths.Layout
    claimed: ports.Ports
    environment: dict[str, str]
    begun: float = field(default_factory=time.monotonic)
    greeted: bool = False
    sign_ins: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Serve until told to stop."""
        supervisor = Supervisor(self.environment)
        for name, command in self._programs():
            supervisor.add(name, command)
        if has_command(self.place.root, "demo_signins"):
            self.sign_ins = subprocess.Popen(
                [sys.executable, "manage.py", "demo_signins"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            supervisor.run(lambda: self._greet(supervisor))
        finally:
            if self.sign_ins is not None:
                self.sign_ins.kill()
                self.sign_ins.wait()

    def _programs(self) -> Iterator[tuple[str, list[str]]]:
        python = sys.executable
        web = self.claimed.numbers["STARS_WEB_PORT"]
        yield "web", [python, "manage.py", "runserver", f"{ports.HOST}:{web}"]
        # In a container one is root; Celery's page of warning about it helps nobody here.
        quiet = ["-W", "ignore:You're running the worker"]
        celery = [python, *quiet, "-m", "celery", "--app=stars", "--quiet"]
        yield "worker", [*celery, "worker", "--loglevel=INFO", "--concurrency=2"]
        schedule = self.place.state / "beat-schedule"
        beat = ["beat", "--loglevel=INFO", f"--schedule={schedule}", "--pidfile="]
        yield "beat", [*celery, *beat]
        if (self.place.root / "stars" / "sandbox" / "__main__.py").exists():
            number = self.claimed.numbers["STARS_SANDBOX_PORT"]
            yield "sandbox", [python, "-m", "stars.sandbox", "--port", str(number)]

    def _greet(self, supervisor: Supervisor) -> None:
        if self.greeted:
            return
        served = {program.name for program in supervisor.programs}
        waiting = [
            name
            for variable, name in SERVERS.items()
            if name in served and not ports.is_open(self.claimed.numbers[variable])
        ]
        if waiting or (self.sign_ins is not None and self.sign_ins.poll() is None):
            return
        self.greeted = True
        lines = ["", f"STARS is at {self.environment['STARS_SITE_URL']}/"]
        if "sandbox" in served:
            lines.append(f"Pretended state registers: {self.environment['STARS_SANDBOX_URL']}/")
        if self.sign_ins is not None:
            lines += ["", *self.sign_ins.communicate()[0].rstrip().splitlines()]
        for line in [*lines, "", "Ctrl-C stops everything; the data stay in .dev.", ""]:
            supervisor.say(line)


@contextlib.contextmanager
def _only_one(place: paths.Layout) -> Iterator:
    """Be the one ``./dev run`` of this checkout; yields a function that notes the ports."""
    descriptor = os.open(place.run_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DevstackError(f"STARS already runs here{_address(descriptor)}.") from None
        os.ftruncate(descriptor, 0)
        yield lambda numbers: os.pwrite(descriptor, json.dumps(numbers).encode(), 0)
    finally:
        os.close(descriptor)


def _address(descriptor: int) -> str:
    try:
        numbers = json.loads(os.pread(descriptor, 4096, 0))
        return f": http://localhost:{numbers['STARS_WEB_PORT']}/"
    except (ValueError, KeyError):
        return " (it is just starting)"


def _stop_leftovers(place: paths.Layout) -> None:
    """End what an earlier run left when it was killed. The caller holds the run lock, so nothing
    with our mark belongs to anybody who still watches it."""
    left = processes.carrying(MARK, str(place.root))
    if not left:
        return
    step(f"Ending {len(left)} programs left by an earlier run")
    for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for pid in processes.carrying(MARK, str(place.root)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        gone = processes.wait_until(lambda: not processes.carrying(MARK, str(place.root)), seconds)
        if gone:
            return
