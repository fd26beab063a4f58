"""``./dev reset``: back to a checkout that never ran."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

from stars.devstack import paths, services
from stars.devstack.errors import DevstackError
from stars.devstack.run import step


def reset(sure: bool, root: Path = paths.PROJECT_ROOT) -> int:
    """Stop the private servers and delete ``.dev``; asks first unless ``sure``.

    Existing servers named by the environment are not touched. Returns the exit code; raises
    DevstackError while a run or a test still uses the servers.
    """
    place = paths.layout(root)
    if not place.state.exists():
        step("Nothing to reset: there is no .dev")
        return 0
    if not sure and not _confirmed(place):
        print("Nothing was deleted.")
        return 1
    _refuse_while_running(place)
    if not services.stop_unused(place.root):
        raise DevstackError("Another command still uses the servers; let it end first.")
    shutil.rmtree(place.state)
    step("Servers stopped, .dev deleted")
    return 0


def _confirmed(place: paths.Layout) -> bool:
    print(f"This deletes {place.state} with its database, for good.")
    if not sys.stdin.isatty():
        print("Nobody can answer here: use ./dev reset --yes")
        return False
    return input("Type yes to go on: ").strip().lower() == "yes"


def _refuse_while_running(place: paths.Layout) -> None:
    descriptor = os.open(place.run_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DevstackError("./dev run works here: stop it with Ctrl-C first.") from None
    finally:
        os.close(descriptor)
