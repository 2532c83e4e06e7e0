"""Put a new secret key in a file of its own."""

import os
import tempfile
from pathlib import Path


def deposer(chemin: Path, cle: bytes) -> None:
    """Write a key (mode 0600), unless one is there already.

    Written beside, then linked: nobody ever reads half a key, and of two servers that start together one wins.
    """
    with tempfile.NamedTemporaryFile(dir=chemin.parent) as brouillon:
        brouillon.write(cle)
        brouillon.flush()
        os.fsync(brouillon.fileno())
        try:
            os.link(brouillon.name, chemin)
        except FileExistsError:
            return
