"""The gateway, whose writer of the journal may be made to die: `particulier`, with two signals more.

From SIGUSR1 on, each writer dies as it is about to write, and so does the one that replaces it; until SIGUSR2.
"""

import ctypes
import signal
import sys
import threading
from types import FrameType

from audit.scribe import Scribe
from gateway.cli import app

_ECRITURE = Scribe._inscrire.__code__  # noqa: SLF001 - where a writer is about to write


def _mourir(cadre: FrameType, evenement: str, _valeur: object) -> None:
    if not isinstance(threading.current_thread(), Scribe):
        sys.settrace(None)  # no other thread is to be slowed down
    elif evenement == "call" and cadre.f_code is _ECRITURE:
        raise SystemExit


def _condamner(_signal: int, _cadre: FrameType | None) -> None:
    threading.settrace(_mourir)  # for the threads that begin from now on
    for vivant in threading.enumerate():
        if isinstance(vivant, Scribe):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(vivant.ident or 0), ctypes.py_object(SystemExit))


def _gracier(_signal: int, _cadre: FrameType | None) -> None:
    threading.settrace(None)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _condamner)
    signal.signal(signal.SIGUSR2, _gracier)
    app()
