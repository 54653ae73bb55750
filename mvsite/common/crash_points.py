"""Named places where a test may kill the process, to prove that dying there loses nothing."""

import os
import signal

from mvsite import env

_AT = env.listing("MV_CRASH_AT")
_MARK = env.text("MV_CRASH_MARK")


def crash_point(name: str) -> None:
    """Kill this process as SIGKILL does when `MV_CRASH_AT` names this place.

    With `MV_CRASH_MARK` (a file) it happens once: the mark is made first and spares the next process.
    """
    if name not in _AT:
        return
    if _MARK:
        try:
            os.close(os.open(_MARK, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
