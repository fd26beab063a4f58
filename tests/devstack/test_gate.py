"""The steps of ./dev test: all of them run, one failure fails the whole."""

from pathlib import Path

import pytest

from stars.devstack import gate, paths, system_packages
from stars.devstack.errors import DevstackError
from stars.devstack.gate import Step


def test_every_step_runs_and_one_failure_fails_the_whole(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = [
        Step("bad", ["-c", "raise SystemExit(3)"]),
        Step("good", ["-c", f"open({str(tmp_path / 'ran')!r}, 'w')"]),
    ]
    assert gate.run_steps(steps, paths.PROJECT_ROOT) == 1
    assert (tmp_path / "ran").exists()
    output = capfd.readouterr().out
    assert "FAILED (code 3)" in output
    assert "passed" in output
    assert gate.run_steps(steps[1:], paths.PROJECT_ROOT) == 0


def test_a_missing_system_package_is_told_not_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # a machine without apt-get
    absent = system_packages.Need("no-such-package", lambda: False)
    with pytest.raises(DevstackError, match="sudo apt-get install no-such-package"):
        system_packages.ensure([absent])


def test_what_is_there_is_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    system_packages.ensure([system_packages.Need("present", lambda: True)])
