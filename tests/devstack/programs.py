"""Run as a program: a supervisor over two small programs, one with a child of its own."""

import os
import sys

from stars.devstack.supervisor import Supervisor

PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
CHILD = "import time; print('child here', flush=True); time.sleep(600)"
ONCE = "print('once', flush=True)"

if __name__ == "__main__":
    supervisor = Supervisor({**os.environ, "STARS_TEST_MARK": sys.argv[1]})
    supervisor.add("parent", [sys.executable, "-c", PARENT, CHILD])
    supervisor.add("once", [sys.executable, "-c", ONCE])
    supervisor.run(lambda: None)
