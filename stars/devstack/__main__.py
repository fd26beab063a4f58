"""Entry point of ``./dev``: ``python -m stars.devstack COMMAND …``, in the prepared ``.venv``."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from stars.devstack import external, gate, paths, reset, run, services
from stars.devstack.errors import DevstackError


def main(arguments: Sequence[str]) -> int:
    """Do one command; returns its exit code."""
    name, *rest = arguments
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": lambda rest: run.run(*_none(name, rest)),
        "test": lambda rest: gate.test(rest),
        "check": lambda rest: gate.check(*_none(name, rest)),
        "bench": lambda rest: _manage(["bench", *rest]),
        "manage": _manage,
        "reset": lambda rest: reset.reset(sure=_option(name, rest, "--yes")),
    }
    return commands[name](rest)


def _none(name: str, rest: list[str]) -> tuple[()]:
    if rest:
        raise DevstackError(f"./dev {name} takes no arguments; you gave {' '.join(rest)}.")
    return ()


def _option(name: str, rest: list[str], option: str) -> bool:
    if rest not in ([], [option]):
        raise DevstackError(f"./dev {name} takes only {option}; you gave {' '.join(rest)}.")
    return bool(rest)


def _manage(rest: list[str]) -> int:
    """A management command with the servers up; Ctrl-C is the command's own business."""
    external.check()
    with services.running(say=run.step) as addresses:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *rest],
            cwd=paths.PROJECT_ROOT,
            env={**os.environ, **addresses},
        )
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the terminal sent it to the command too, which decides
            except SystemExit:
                process.terminate()
                process.wait()
                raise


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)  # so that what we started is stopped on the way out


if __name__ == "__main__":
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    try:
        raise SystemExit(main(sys.argv[1:]))
    except DevstackError as error:
        print(f"./dev {sys.argv[1]}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
