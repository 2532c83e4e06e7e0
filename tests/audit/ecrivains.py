"""The process that writes the journal of a server, found as the machine sees it."""

from collections.abc import Iterator
from pathlib import Path


def ecrivains(serveur: int) -> set[int]:
    """Return the ids of the writers of a server, itself named by its id: those that live."""
    return {pid for pid in _enfants(serveur) if _commande(pid)[-1:] == [b"audit.ecrivain"]}


def _enfants(pid: int) -> Iterator[int]:
    for fil in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (fil / "children").read_text().split())


def _commande(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return []
