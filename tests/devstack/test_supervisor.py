"""Several programs end together, however we end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stars.devstack import paths, processes

pytestmark = [pytest.mark.machine, pytest.mark.xdist_group("machine")]
PROGRAMS = Path(__file__).parent / "programs.py"


@contextmanager
def supervised(mark: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(PROGRAMS), mark],
        env={**os.environ, "PYTHONPATH": str(paths.PROJECT_ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], wanted: str, times: int = 1) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while sum(wanted in line for line in lines) < times:
        line = process.stdout.readline()
        assert line, f"ended before it said {wanted!r}: {lines}"
        lines.append(line)
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    mark = str(tmp_path)
    with supervised(mark) as process:
        read_until(process, "child here")
        assert len(processes.carrying("STARS_TEST_MARK", mark)) >= 2
        process.send_signal(number)
        assert process.wait(15) == 0
        assert processes.carrying("STARS_TEST_MARK", mark) == []


def test_a_kill_takes_the_programs_along(tmp_path: Path) -> None:
    mark = str(tmp_path)
    with supervised(mark) as process:
        read_until(process, "child here")
        process.kill()
        process.wait(15)
        # The kernel tells the programs we started; their children are the programs' own matter,
        # and whatever is left carries a mark by which the next run finds it.
        assert processes.wait_until(
            lambda: len(processes.carrying("STARS_TEST_MARK", mark)) <= 1, 10
        )
        for pid in processes.carrying("STARS_TEST_MARK", mark):
            os.kill(pid, signal.SIGKILL)


def test_output_is_prefixed_and_an_ended_program_starts_again(tmp_path: Path) -> None:
    with supervised(str(tmp_path)) as process:
        lines = read_until(process, "once   │ once", times=2)
        assert any("once ended with code 0; starting it again in 1 s" in line for line in lines)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_a_reader_who_goes_away_ends_it(tmp_path: Path) -> None:
    with supervised(str(tmp_path)) as process:
        read_until(process, "child here")
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == 0
        assert processes.carrying("STARS_TEST_MARK", str(tmp_path)) == []
