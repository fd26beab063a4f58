"""The private servers: shared, adopted after a kill, started past every kind of left-over."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stars.devstack import launch, paths, postgres, processes, services, valkey
from stars.devstack.errors import DevstackError

pytestmark = [pytest.mark.machine, pytest.mark.xdist_group("machine")]
HERE = Path(__file__).parent


def postmaster(place: paths.Layout) -> int:
    return int((place.postgres_data / "postmaster.pid").read_text().splitlines()[0])


def is_running(pid: int, place: paths.Layout) -> bool:
    return processes.is_ours(pid, str(place.postgres_data))


@contextmanager
def holder(place: paths.Layout, *before: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that uses the servers; it leaves when the block ends."""
    process = subprocess.Popen(
        [*before, sys.executable, str(HERE / "holder.py"), str(place.root)],
        env={**os.environ, "PYTHONPATH": str(paths.PROJECT_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield process


def test_first_start_makes_both_roles_and_the_database(place: paths.Layout) -> None:
    with services.running(place.root), postgres.connect(place) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'stars%' ORDER BY 1"
        ).fetchall()
        assert roles == [("stars_app", False, False, False), ("stars_owner", False, True, False)]
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'stars'"
        ).fetchone()
        assert owner == ("stars_owner",)
        assert valkey.answers(place)
    assert not postgres.answers(place)
    assert not valkey.answers(place)
    assert not place.sockets.exists()


def test_data_survive_a_stop(place: paths.Layout) -> None:
    with services.running(place.root), postgres.connect(place, database="stars") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with services.running(place.root), postgres.connect(place, database="stars") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_nothing_outside_the_checkout_changes(place: paths.Layout) -> None:
    accounts = [Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group")]
    folders = [*place.root.parents, *postgres.binaries().parents, postgres.binaries()]
    before = [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in folders]
    with services.running(place.root):
        assert postgres.answers(place)
    assert accounts == [Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group")]
    assert before == [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in folders]


def test_starters_at_the_same_time_share_and_the_last_stops(place: paths.Layout) -> None:
    with holder(place) as first, holder(place) as second:
        pid = postmaster(place)
        with services.running(place.root):
            assert postmaster(place) == pid
        for one in (first, second):
            assert is_running(pid, place)
            assert one.stdin is not None
            one.stdin.close()
            assert one.wait(20) == 0
    assert not is_running(pid, place)


def test_a_killed_holder_no_longer_counts(place: paths.Layout) -> None:
    with holder(place) as killed:
        pid = postmaster(place)
        killed.kill()
    assert is_running(pid, place), "nobody was left to stop it"
    with services.running(place.root):
        assert postmaster(place) == pid, "adopted, not started again"
    assert not is_running(pid, place)


def test_killed_servers_come_back_with_their_data(place: paths.Layout) -> None:
    with services.running(place.root):
        with postgres.connect(place, database="stars") as connection:
            connection.execute("SET synchronous_commit = on")
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        for pid in (postmaster(place), int((place.valkey_data / "valkey.pid").read_text())):
            os.kill(pid, signal.SIGKILL)
        assert processes.wait_until(lambda: not postgres.answers(place), 5)
        with services.running(place.root):
            with postgres.connect(place, database="stars") as connection:
                assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
            assert valkey.answers(place)


def test_left_over_number_of_a_stranger_is_not_believed(place: paths.Layout) -> None:
    with services.running(place.root):
        text = (place.postgres_data / "postmaster.pid").read_text()
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    lines = [str(stranger.pid), *text.splitlines()[1:]]
    (place.postgres_data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (place.valkey_data / "valkey.pid").write_text(str(stranger.pid))
    with services.running(place.root):
        assert postgres.answers(place)
    assert stranger.poll() is None, "the stranger was left alone"
    stranger.kill()
    stranger.wait()


def test_data_folder_removed_under_a_running_server(place: paths.Layout) -> None:
    with services.running(place.root):
        pid = postmaster(place)
        shutil.rmtree(place.postgres_data)
        with services.running(place.root):
            assert postgres.answers(place)
            assert postmaster(place) != pid
            assert not is_running(pid, place)


def test_interrupted_creation_is_done_again(place: paths.Layout) -> None:
    half = place.state / "postgres.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with services.running(place.root):
        assert postgres.answers(place)
    assert not half.exists()


def test_a_checkout_deeper_than_a_socket_address(tmp_path: Path) -> None:
    place = paths.layout(tmp_path / ("d" * 100) / ("e" * 100))
    place.root.mkdir(parents=True)
    with services.running(place.root):
        assert postgres.answers(place)


def test_a_prepared_socket_folder_of_somebody_else_is_refused(place: paths.Layout) -> None:
    place.sockets.mkdir(mode=0o755)
    try:
        with pytest.raises(DevstackError, match="not a private folder"):
            services.up(place.root)
    finally:
        place.sockets.rmdir()


def test_a_log_explains_a_server_that_does_not_start(place: paths.Layout) -> None:
    with services.running(place.root):
        pass
    (place.postgres_data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DevstackError, match="no_such_setting"):
        services.up(place.root)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user starts the servers plainly")
def test_root_without_namespaces_uses_the_account_nobody(place: paths.Layout) -> None:
    place.root.chmod(0o700)  # only root may pass, as with a checkout in /root
    with services.running(place.root):
        assert place.postgres_data.stat().st_uid == 0
    with holder(place, sys.executable, str(HERE / "forbid_namespaces.py")):
        assert place.postgres_data.stat().st_uid == launch.NOBODY
        assert Path(f"/proc/{postmaster(place)}").stat().st_uid == launch.NOBODY
    assert not postgres.answers(place)
    with services.running(place.root):
        assert place.postgres_data.stat().st_uid == 0
