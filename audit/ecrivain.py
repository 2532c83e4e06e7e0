"""The process that writes a journal for a server (`python -m audit.ecrivain`): see `audit.journal_isole`.

Its standard input is a socket. It ends when the other end closes it, once what came before is written: a signal meant
for the server, or for its whole group, does not stop it between the two traces of an access.
"""

import fcntl
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import msgspec

from audit.compteurs import Compteurs
from audit.liaison import ACCORD, Bilan, Decoupe, Depot, Ouvert, Ouverture, Refus, ecrire
from audit.plume import Plume, nommer
from audit.registre import RegistreIncompatible
from audit.scelles import Scelles

#: Seconds between two looks at the seals when nothing is written.
_RYTHME = 0.5
#: Seconds that a writer is given to end once its server died; and between two tries to take its place.
_RELEVE, _PAUSE = 10.0, 0.02
_RECUS_MAX = 1 << 18
_DEPOT = msgspec.msgpack.Decoder(Depot)
#: The name of the lock's file is that of the journal, and this.
_VERROU = ".ecrivain"
_AUTRE_VERSION = "Une autre version du projet a été installée sous ce serveur : relancez-le."
_SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Serve the socket; return the exit status: 1 when the file could not be opened, or when anything failed since."""
    for numero in _SIGNAUX:
        signal.signal(numero, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as prise:
        lots = _lots(prise)
        try:
            premier = next((lot for lot in lots if lot), None)
            return 0 if premier is None else _servir(prise, premier, lots)
        except Exception as erreur:  # noqa: BLE001 - whatever went wrong, its text may hold a value
            sys.stderr.write(_compte_rendu(erreur))
            return 1


def _servir(prise: socket.socket, premier: Sequence[bytes], lots: Iterator[Sequence[bytes]]) -> int:
    try:
        demande = msgspec.msgpack.decode(premier[0], type=Ouverture)
        _s_accorder(demande)
        if demande.attendu is None:
            Path(demande.chemin).parent.mkdir(parents=True, exist_ok=True)
        _exclure(Path(demande.chemin), prise)
        ecrivain = _Ecrivain(demande)
        ouvert = ecrivain.ouvrir(demande)
    except RegistreIncompatible as refus:
        return _refuser(prise, Refus("REGISTRE_INCOMPATIBLE", str(refus)))
    except Exception as erreur:  # noqa: BLE001 - whatever went wrong, the server is told its name, and no value
        return _refuser(prise, Refus(nommer(erreur)))
    _envoyer(prise, ouvert)
    for lot in chain([premier[1:]], lots):
        _envoyer(prise, ecrivain.inscrire(lot))
    ecrivain.fermer()
    _envoyer(prise, ecrivain.inscrire(()))
    return 0


def _s_accorder(demande: Ouverture) -> None:
    if demande.accord != ACCORD:
        raise RegistreIncompatible(_AUTRE_VERSION)


class _Ecrivain:
    """Writes what it is given, and tells what became of it."""

    def __init__(self, demande: Ouverture) -> None:
        self._compteurs = Compteurs()
        scelles = Scelles(Path(demande.scelles), demande.cle, _maintenant) if demande.cle else None
        self._plume = Plume(Path(demande.chemin), scelles, self._compteurs)
        self._dits = replace(self._compteurs)
        self._panne_dite = False

    def ouvrir(self, demande: Ouverture) -> Ouvert:
        try:
            completees = self._plume.ouvrir(_maintenant(), demande.attendu)
        except BaseException:
            self.fermer()
            raise
        self._plume.tailler()
        return Ouvert(completees, self._plume.fichier)

    def inscrire(self, lot: Sequence[bytes]) -> Bilan | None:
        """Write deposits in one transaction; return what to tell, if there is anything."""
        depots = [_DEPOT.decode(message) for message in lot]
        lignes = [ligne for depot in depots for ligne in depot.lignes]
        cause = self._plume.ecrire(lignes) if depots else None
        avant, ici, panne = self._dits, replace(self._compteurs), self._plume.scelles_en_panne
        bilan = Bilan(
            numeros=tuple(depot.numero for depot in depots),
            traces=len(lignes),
            cause=cause,
            scelles=ici.scelles - avant.scelles,
            scelles_echoues=ici.scelles_echoues - avant.scelles_echoues,
            scelles_en_panne=panne,
        )
        if not (depots or bilan.scelles or bilan.scelles_echoues or panne != self._panne_dite):
            return None
        self._dits, self._panne_dite = ici, panne
        return bilan

    def fermer(self) -> None:
        """Seal the partie: it takes no record any more."""
        self._plume.lacher()
        self._plume.ranger(close=True)


def _exclure(chemin: Path, prise: socket.socket) -> None:
    """Hold the journal against another writer until this process ends. Raise OSError.

    A server that is killed and started again at once finds its writer at work for some milliseconds. Who waits for its
    place, and whose own server dies, must not take it: accesses of another one may be under way.
    """
    chemin = chemin.resolve()  # two names of one file are one journal
    # Closed by nobody: what seals may still be stuck when all the rest is done.
    verrou = os.open(chemin.with_name(f"{chemin.name}{_VERROU}"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    echeance = time.monotonic() + _RELEVE
    while not _prendre(verrou):
        if time.monotonic() > echeance:
            raise BlockingIOError
        if _est_seul(prise, _PAUSE):
            break
    if _est_seul(prise, 0):
        raise ConnectionAbortedError


def _prendre(verrou: int) -> bool:
    try:
        fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _est_seul(prise: socket.socket, delai: float) -> bool:
    """Tell whether the other end closes within a time; it sends nothing before it is told that all is open."""
    return bool(select.select([prise], [], [], delai)[0]) and not prise.recv(1, socket.MSG_PEEK)


def _lots(prise: socket.socket) -> Iterator[Sequence[bytes]]:
    """Yield the messages that came together, none when nothing came for a time, until the other end closes."""
    decoupe, tampon = Decoupe(), memoryview(bytearray(_RECUS_MAX))
    while True:
        if not select.select([prise], [], [], _RYTHME)[0]:
            yield ()
            continue
        recus = 0
        with suppress(ConnectionError):
            recus = prise.recv_into(tampon)
        if not recus:
            return
        if lot := list(decoupe.messages(tampon[:recus])):
            yield lot


def _envoyer(prise: socket.socket, message: Ouvert | Refus | Bilan | None) -> None:
    if message is None:
        return
    with suppress(ConnectionError):  # the server died: nothing more comes from it either
        prise.sendall(ecrire(message))


def _refuser(prise: socket.socket, refus: Refus) -> int:
    _envoyer(prise, refus)
    return 1


def _compte_rendu(erreur: Exception) -> str:
    """Return a line of the technical log, as those of the server: no value, and no text of an exception."""
    dite = {"event": "ecrivain_mort", "kind": nommer(erreur), "level": "error", "timestamp": _maintenant().isoformat()}
    return f"{json.dumps(dite)}\n"


def _maintenant() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
