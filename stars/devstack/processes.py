"""Small facts about processes, read from /proc: who is alive, and is it really ours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stars.devstack import launch
from stars.devstack.errors import DevstackError


def is_ours(pid: int, argument: str) -> bool:
    """Whether ``pid`` lives (not a zombie) and was started with ``argument`` on its command line.

    A number in a left-over file may by now belong to a stranger; the command line tells.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(argument) in words  # a zombie's command line is empty


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask ``condition`` every 20 ms for at most ``seconds``; say whether it came true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def start(log: Path, mode: str, *program: str | Path) -> int:
    """Start a server that outlives us, its output added to ``log``; returns its number."""
    words = command(mode, *program, daemon=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    outputs = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    # A short environment: nothing of the caller's (PGPORT, our own marks …) steers a server.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    return os.posix_spawn(words[0], words, environment, file_actions=outputs)


def ended(pid: int) -> bool:
    """Whether a child of ours has ended; takes it off the kernel's list, so no zombie stays."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def stop(pid: int, argument: str, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and give the process so many seconds after it to go."""
    for number, seconds in steps:
        if not is_ours(pid, argument):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: ended(pid) or not is_ours(pid, argument), seconds):
            ended(pid)
            return


def carrying(variable: str, value: str) -> list[int]:
    """Processes of ours whose environment has ``variable=value``, without us and our parents."""
    wanted = os.fsencode(f"{variable}={value}")
    own = set()
    pid = os.getpid()
    while pid > 1:
        own.add(pid)
        pid = _parent(pid)
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in own:
            try:
                words = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue  # somebody else's, or just gone
            if wanted in words:
                found.append(int(entry.name))
    return found


def _parent(pid: int) -> int:
    try:
        # The second field is a name that may hold anything, brackets and blanks included.
        text = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        return int(text.split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def command(mode: str, *program: str | Path, daemon: bool = False) -> list[str]:
    """The command that starts ``program`` in one of the modes of :mod:`stars.devstack.launch`."""
    flags = ["--daemon"] if daemon else []
    return [sys.executable, "-I", "-S", launch.__file__, *flags, mode, *map(str, program)]


def server_mode() -> str:
    """How PostgreSQL can be started by this user on this machine: see the modes of ``launch``."""
    if sys.platform != "linux":
        raise DevstackError(
            "The private servers run on Linux only. Set DATABASE_URL, DATABASE_OWNER_URL and"
            " REDIS_URL to servers of your own (PostgreSQL 17 or later, Redis or Valkey)."
        )
    if os.geteuid() != 0:
        return "plain"
    trial = subprocess.run(command("namespace", "/bin/true"), capture_output=True, check=False)
    return "namespace" if trial.returncode == 0 else "nobody"


def server_uid(mode: str) -> int:
    """The uid that the server's files must have on disk in this mode."""
    return launch.NOBODY if mode == "nobody" else os.geteuid()


def give(path: Path, uid: int) -> None:
    """Make a folder of ours belong to ``uid``, with everything in it. Only root ever needs to."""
    if path.stat().st_uid == uid:
        return
    for folder, names, files in os.walk(path):
        for name in [*names, *files]:
            os.chown(os.path.join(folder, name), uid, -1, follow_symlinks=False)
    os.chown(path, uid, -1)  # last, so that an interrupted change is taken up again
