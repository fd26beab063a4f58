"""Run as a program by root: become a root that may not make user namespaces, as in a container.

The kernel refuses for real: we enter a user namespace with all accounts in it and set its own
limit of further ones to zero. Then the command of our arguments takes over.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000

if __name__ == "__main__":
    ready, done = os.pipe(), os.pipe()
    child = os.getpid()
    if os.fork() == 0:  # the one who stays outside writes the maps
        os.read(ready[0], 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{child}/{name}").write_text("0 0 65536")
        os.write(done[1], b"!")
        os._exit(0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    os.write(ready[1], b"!")
    os.read(done[0], 1)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    os.execv(sys.argv[1], sys.argv[1:])
