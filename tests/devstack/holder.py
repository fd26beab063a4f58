"""Run as a program: hold the servers of one checkout until standard input ends."""

import sys
from pathlib import Path

from stars.devstack import services

if __name__ == "__main__":
    with services.running(Path(sys.argv[1])):
        print("up", flush=True)
        sys.stdin.read()
