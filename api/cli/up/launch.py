"""Becomes another program, which then ends with its parent and may run as another account.

    python -I -S launch.py PARENT SIGNAL UID GID PROGRAM ARGUMENTS...      (UID and GID -1: stay who we are)

A step between the supervisor and each child, because what it does has to happen in the child, and code run between
fork and exec of a process with threads may deadlock. Uses the standard library only; it is run, never imported.
On Linux the kernel sends SIGNAL to the child when its parent dies, even by kill -9. Elsewhere the next start finds what
was left (see orphans.py).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, death_signal, uid, gid = (int(word) for word in sys.argv[1:5])
    program = sys.argv[5:]
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which would clear it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the supervisor is gone")
    try:
        os.execv(program[0], program)  # noqa: S606 - the one thing this file is for
    except OSError as problem:
        sys.exit(f"{program[0]} cannot be run: {problem.strerror}")


main()
