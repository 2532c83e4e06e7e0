"""Put a secret key in a file of its own, and destroy it."""

import os
import secrets
import tempfile
from pathlib import Path


def deposer(chemin: Path, cle: bytes) -> None:
    """Write a key (mode 0600), durably, unless one is there already. Raise OSError.

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
    # A key that a power cut takes away would take with it whoever was traced with it.
    _graver(chemin.parent)


def detruire(chemin: Path) -> None:
    """Destroy a key for ever, as far as a program can: its copies, and those of its disk, remain. Raise OSError."""
    # Written over first: a file that is only unlinked may be found again on the disk.
    with chemin.open("r+b", buffering=0) as fichier:
        fichier.write(secrets.token_bytes(chemin.stat().st_size))
        os.fsync(fichier.fileno())
    chemin.unlink()
    _graver(chemin.parent)


def _graver(dossier: Path) -> None:
    """Make the names in a folder durable."""
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
