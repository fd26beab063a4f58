"""Start one server program in a way that outlives us and that PostgreSQL accepts as root.

Run as a file by a bare interpreter (``python -I -S launch.py [--daemon] MODE PROGRAM ...``), so
that nothing but the standard library is loaded and there is only one thread.

PostgreSQL refuses to run as uid 0. No account is created and no permission is changed for that:

``plain``      we are an ordinary user: nothing to do.
``namespace``  root: a user namespace in which root is called uid 1000. On disk it stays root, so
               every file of the checkout is reachable and belongs to root afterwards.
``nobody``     root where namespaces are forbidden (most containers): become the existing account
               ``nobody``, keeping the one capability that reads through private parent folders.
"""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522
INNER_ID = 1000
NOBODY = 65534
MODES = ("plain", "namespace", "nobody")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_namespace() -> None:
    """Rename root to an ordinary uid inside a new user namespace of this process.

    Raises OSError where the kernel or the container forbids it.
    """
    uid, gid = os.geteuid(), os.getegid()
    _check(_libc().unshare(CLONE_NEWUSER), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_ID} {uid} 1"),
        ("gid_map", f"{INNER_ID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def become_nobody() -> None:
    """Turn root into ``nobody``, who may still read through folders that only root may enter."""
    with open("/proc/self/status") as file:
        permitted = next(int(line.split()[1], 16) for line in file if line.startswith("CapPrm"))
    wanted = [c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted >> c & 1][:1]
    libc = _libc()
    _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl")
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    mask = sum(1 << capability for capability in wanted)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _check(libc.capset(header, sets), "capset")
    for capability in wanted:
        _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "prctl")


def main(arguments: list[str]) -> None:
    """Detach if asked, change who we are, and become the program."""
    daemon = arguments[0] == "--daemon"
    mode, *program = arguments[daemon:]
    if daemon:
        os.setsid()  # Ctrl-C in the terminal is not for the servers
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # nor are pipes of whoever called us
    if mode == "namespace":
        enter_namespace()
    elif mode == "nobody":
        become_nobody()
    if program:
        os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
