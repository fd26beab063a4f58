"""Several programs as one: common output, common end.

Each program is the leader of its own process group and asks the kernel to be stopped when we
die, so that nothing outlives a SIGKILL of ours. One thread, because that request is tied to the
thread that starts a program.
"""

import contextlib
import ctypes
import io
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

PR_SET_PDEATHSIG = 1
COLOURS = (36, 32, 35, 33, 34, 31)
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
LONGEST_PAUSE = 10.0
_libc = ctypes.CDLL(None)


@dataclass
class Program:
    """One program to keep running: its name in the output and its command."""

    name: str
    command: list[str]
    colour: int = 0
    process: subprocess.Popen[bytes] | None = None
    rest: bytes = b""
    pause: float = 1.0
    started: float = 0.0
    again: float = 0.0


@dataclass
class Supervisor:
    """Runs programs until SIGINT, SIGTERM or SIGHUP, restarting those that end by themselves."""

    environment: Mapping[str, str]
    output: IO[str] = field(default_factory=lambda: sys.stdout)
    programs: list[Program] = field(default_factory=list)
    _selector: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)
    _signals: list[int] = field(default_factory=list)

    def add(self, name: str, command: list[str]) -> None:
        colour = COLOURS[len(self.programs) % len(COLOURS)]
        self.programs.append(Program(name, command, colour))

    def run(self, each_turn: Callable[[], None]) -> None:
        """Start everything and stay until told to stop; ``each_turn`` is called several times a
        second. Returns after the last program has gone."""
        self._catch_signals()
        try:
            for program in self.programs:
                self._start(program)
            while not self._signals:
                self._turn(0.2)
                self._restart_ended()
                each_turn()
        except BrokenPipeError:
            self.output = io.StringIO()  # whoever read us has gone: so do we
        finally:
            self._stop_all()

    def say(self, text: str) -> None:
        self._write("stars", 1, text)

    # --- one program -------------------------------------------------------------------------

    def _start(self, program: Program) -> None:
        parent = os.getpid()

        def tie_to_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)  # the parent died before the request was in place

        program.started = time.monotonic()
        program.process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self.environment),
            process_group=0,  # Ctrl-C reaches us only; we end the others in order
            preexec_fn=tie_to_parent,
        )
        stream = program.process.stdout
        assert stream is not None
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, selectors.EVENT_READ, program)

    def _restart_ended(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            process = program.process
            if process is not None and _has_ended(process):
                self._drain(program)
                _end_group(process)
                program.process = None
                if now - program.started > 60:
                    program.pause = 1.0
                program.again = now + program.pause
                self.say(
                    f"{program.name} ended with code {process.returncode};"
                    f" starting it again in {program.pause:.0f} s"
                )
                program.pause = min(program.pause * 2, LONGEST_PAUSE)
            elif process is None and now >= program.again:
                self._start(program)

    # --- output ------------------------------------------------------------------------------

    def _turn(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                os.read(key.fd, 512)  # the wake-up call of a signal
            else:
                self._read(key.data)

    def _read(self, program: Program) -> bool:
        """Pass on whole lines; False when there is nothing to read now."""
        process = program.process
        if process is None or process.stdout is None or process.stdout.closed:
            return False
        try:
            data = os.read(process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(process.stdout)
            process.stdout.close()
            return False
        *lines, program.rest = (program.rest + data).split(b"\n")
        for line in lines:
            self._write(program.name, program.colour, line.decode(errors="replace").rstrip())
        return True

    def _drain(self, program: Program) -> None:
        while self._read(program):
            pass
        if program.rest:
            self._write(program.name, program.colour, program.rest.decode(errors="replace"))
            program.rest = b""
        process = program.process
        if process is not None and process.stdout is not None and not process.stdout.closed:
            self._selector.unregister(process.stdout)
            process.stdout.close()

    def _write(self, name: str, colour: int, text: str) -> None:
        width = max([len("stars"), *(len(program.name) for program in self.programs)])
        head = f"{name:<{width}} │"
        if colours_wanted(self.output):
            head = f"\033[{colour}m{head}\033[0m"
        self.output.write(f"{head} {text}\n")
        self.output.flush()

    # --- the end -----------------------------------------------------------------------------

    def _catch_signals(self) -> None:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        self._selector.register(reader, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: self._signals.append(number))

    def _stop_all(self) -> None:
        """SIGTERM to each program (not its children: a worker ends its own), then SIGKILL to
        what is left of its group. A second Ctrl-C shortens the wait."""
        heard = len(self._signals)
        with contextlib.suppress(BrokenPipeError):
            self.say("stopping")
        living = [p.process for p in self.programs if p.process is not None]
        for process in living:
            os.kill(process.pid, signal.SIGTERM)  # Popen's own way would take it off the list
        end = time.monotonic() + GRACE
        while not all(_has_ended(process) for process in living):
            if time.monotonic() > end or len(self._signals) > max(heard, 1):
                break
            with contextlib.suppress(BrokenPipeError):
                self._turn(0.05)
        for process in living:
            _end_group(process)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended, leaving it on the kernel's list so that its number stays its own."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the program and its children, then take it off the list."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def colours_wanted(output: IO[str]) -> bool:
    """Colours in a terminal, unless NO_COLOR is set."""
    return output.isatty() and not os.environ.get("NO_COLOR")
