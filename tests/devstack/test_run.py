"""./dev run as a newcomer lives it: two copies side by side, a kill, a restart, Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from stars.devstack import paths, postgres, processes, run, services, valkey

pytestmark = [pytest.mark.machine, pytest.mark.xdist_group("machine")]
START = 300.0  # a first start loads the whole demo, beside other tests on the same two cores
ADDRESS = re.compile(r"STARS is at (http://localhost:\d+)/")


class Copy:
    """A copy of the project's files, as a clone would have them, with our packages linked in."""

    def __init__(self, root: Path) -> None:
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.check_output(listed, cwd=paths.PROJECT_ROOT, text=True)
        for name in filter(None, names.split("\0")):
            source = paths.PROJECT_ROOT / name
            if source.is_file() and name != ".venv":
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, root / name)
        (root / ".venv").symlink_to((paths.PROJECT_ROOT / ".venv").resolve())
        self.place = paths.layout(root)
        self.log = root.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(self.place.root / "dev"), "run"], stdout=output, stderr=output
            )

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def address(self) -> str:
        """Where it can be reached, once it says so."""

        def told() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.text()[-5000:]
            return ADDRESS.search(self.text()) is not None

        assert processes.wait_until(told, START), self.text()[-5000:]
        found = ADDRESS.search(self.text())
        assert found is not None
        return found.group(1)

    def programs(self) -> list[int]:
        return processes.carrying(run.MARK, str(self.place.root))

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_two_copies_a_kill_a_restart_and_a_clean_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*os.environ]:
        if name.startswith(("STARS_", "DJANGO_")):
            monkeypatch.delenv(name)
    first, second = Copy(tmp_path / "first"), Copy(tmp_path / "second")
    try:
        first.start()
        second.start()
        addresses = {first.address(), second.address()}
        assert len(addresses) == 2
        for address in addresses:
            assert status(address + "/") == 200

        again = subprocess.run(
            [str(first.place.root / "dev"), "run"], capture_output=True, text=True, check=False
        )
        assert again.returncode == 1
        assert "STARS already runs here: http://localhost:" in again.stderr

        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        assert postgres.answers(first.place), "nobody was left to stop the servers"
        begun = time.monotonic()
        first.start()
        address = first.address()
        assert time.monotonic() - begun < 60, "a second start only looks whether all is there"
        assert status(address + "/") == 200

        for copy, number in ((first, signal.SIGINT), (second, signal.SIGTERM)):
            assert copy.end(number) == 0, copy.text()[-5000:]
            assert copy.programs() == []
            assert not postgres.answers(copy.place)
            assert not valkey.answers(copy.place)
            assert not copy.place.sockets.exists()

        reset = [str(first.place.root / "dev"), "reset", "--yes"]
        assert subprocess.run(reset, capture_output=True, check=False).returncode == 0
        assert not first.place.state.exists()
    finally:
        for copy in (first, second):
            if copy.process is not None and copy.process.poll() is None:
                copy.process.kill()
                copy.process.wait()
            for pid in copy.programs():
                os.kill(pid, signal.SIGKILL)
            services.stop_unused(copy.place.root)
