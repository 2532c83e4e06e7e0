"""The journal of a server, whose file is written by a process of its own: see `docs/adr/0023-ecrivain.md`."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import cast

import msgspec

from audit.attente import attendre
from audit.bornes import ATTENTE_MAX, BUDGET
from audit.compteurs import Compteurs
from audit.contrat import JournalDurable
from audit.empreintes import retenir
from audit.liaison import ACCORD, Bilan, Decoupe, Depot, Ouvert, Ouverture, Refus, ecrire
from audit.plume import nommer
from audit.registre import Fichier, RegistreIncompatible, encoder
from audit.scribe import conclure
from audit.trace import Trace
from graph.errors import AuditIndisponible

#: Seconds between the starts of two writers: one that dies at once must not take the machine.
_PAUSE = 0.5
_REPONSES = msgspec.msgpack.Decoder(Ouvert | Refus | Bilan)
Attentes = dict[int, "asyncio.Future[None]"]


class JournalIsole(JournalDurable):
    """A writer that dies is replaced; what was given to it is refused, and may be written all the same.

    Args:
        chemin: the file, created at opening (mode 0600), apart from any other database.
        scelles: the file of the seals.
        cle: the Ed25519 private key of the seals, 32 bytes; without it, whoever owns the journal can write it anew.
    """

    def __init__(self, chemin: Path, scelles: Path, cle: bytes) -> None:
        self._chemin = chemin
        self._demande = Ouverture(ACCORD, str(chemin.absolute()), str(scelles.absolute()), cle, None)
        self._compteurs = Compteurs()
        self._scelles_en_panne = False
        self._fichier: Fichier | None = None
        self._numeros = count()
        self._attentes: Attentes = {}
        self._retenus: list[bytes] = []
        """What waits for a writer."""
        self._liaison: _Liaison | None = None
        self._processus: subprocess.Popen[bytes] | None = None
        self._relance: asyncio.Task[None] | None = None
        self._dernier_depart = float("-inf")
        self._ouvert = False

    @property
    def compteurs(self) -> Compteurs:
        """What was written since the journal was made."""
        return replace(self._compteurs)

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written, as the writer last said: within a second."""
        return self._scelles_en_panne

    async def ouvrir(self) -> int:
        """Start the writer: see `JournalDurable`. Raise AuditIndisponible, RegistreIncompatible."""
        self._fichier = None
        try:
            completees = await self._lancer()
        except BaseException:
            await self._finir()
            raise
        self._ouvert = True
        return completees

    async def ecrire(self, traces: Sequence[Trace]) -> None:
        """Return once every trace is durable: see `audit.journal.Journal.ecrire`. Raise AuditIndisponible."""
        durable = asyncio.get_running_loop().create_future()
        self._deposer(Depot(next(self._numeros), tuple(map(encoder, traces))), durable)
        await attendre(durable)

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Keep the fingerprint of a key (`audit.accord.Temoin`)."""
        if self._fichier is None:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        return await retenir(self._chemin, self._fichier, mois, empreinte)

    async def aclose(self) -> None:
        """Write what waits, unless its writer died; then close. Anything written later is refused."""
        self._ouvert = False
        relance, self._relance = self._relance, None
        if relance is not None:
            relance.cancel()
            await asyncio.gather(relance, return_exceptions=True)
        await self._finir()
        if self._attentes:
            self._echouer("JOURNAL_FERME")

    def _deposer(self, depot: Depot, durable: "asyncio.Future[None]") -> None:
        if not self._ouvert:
            raise AuditIndisponible(cause="JOURNAL_FERME")
        if len(self._attentes) >= ATTENTE_MAX:
            raise AuditIndisponible(cause="FILE_PLEINE")
        self._attentes[depot.numero] = durable
        if self._liaison is not None:
            self._liaison.envoyer(ecrire(depot))
            return
        self._retenus.append(ecrire(depot))
        self._exiger_un_ecrivain()

    def _exiger_un_ecrivain(self) -> None:
        if self._relance is None or self._relance.done():
            self._relance = asyncio.get_running_loop().create_task(self._relancer())

    async def _relancer(self) -> None:
        await asyncio.sleep(self._dernier_depart + _PAUSE - time.monotonic())
        try:
            await self._lancer()
        except AuditIndisponible as refus:
            self._echouer(refus.cause)
        except RegistreIncompatible:
            self._echouer("REGISTRE_INCOMPATIBLE")

    async def _lancer(self) -> int:
        """Start a writer, and give it what waits; return how many intentions it completed."""
        await self._finir()
        self._dernier_depart = time.monotonic()
        try:
            self._processus, prise = _demarrer()
            liaison = await self._joindre(prise)
        except OSError as erreur:
            raise AuditIndisponible(cause=nommer(erreur)) from None
        try:
            liaison.envoyer(ecrire(msgspec.structs.replace(self._demande, attendu=self._fichier)))
            reponse = await liaison.ouverture
        except asyncio.CancelledError:
            liaison.abandonner()
            raise
        if isinstance(reponse, Refus):
            if reponse.incompatible is not None:
                raise RegistreIncompatible(reponse.incompatible)
            raise AuditIndisponible(cause=reponse.cause)
        self._fichier = reponse.fichier
        self._liaison = liaison
        retenus, self._retenus = self._retenus, []
        liaison.envoyer(b"".join(retenus))
        return reponse.completees

    async def _joindre(self, prise: socket.socket) -> "_Liaison":
        try:
            _, liaison = await asyncio.get_running_loop().create_unix_connection(
                lambda: _Liaison(self._noter, self._perdre), sock=prise
            )
        except BaseException:
            prise.close()
            raise
        return liaison

    async def _finir(self) -> None:
        """Let the writer end, once it wrote what it was given; kill it if it does not."""
        liaison, self._liaison = self._liaison, None
        processus, self._processus = self._processus, None
        if liaison is not None:
            await liaison.finir()
        if processus is not None:
            await asyncio.to_thread(_attendre_la_fin, processus)

    def _noter(self, bilan: Bilan) -> None:
        compteurs = self._compteurs
        compteurs.scelles += bilan.scelles
        compteurs.scelles_echoues += bilan.scelles_echoues
        self._scelles_en_panne = bilan.scelles_en_panne
        if bilan.cause is not None:
            compteurs.echecs += 1
        elif bilan.numeros:
            compteurs.lots += 1
            compteurs.traces += bilan.traces
        conclure([self._attentes.pop(numero) for numero in bilan.numeros], bilan.cause)

    def _perdre(self, liaison: "_Liaison") -> None:
        """Tell those who waited for a writer that died, and start another one."""
        if liaison is self._liaison:
            self._liaison = None
            self._echouer("ECRIVAIN_MORT")
            if self._ouvert:
                self._exiger_un_ecrivain()

    def _echouer(self, cause: str | None) -> None:
        self._compteurs.echecs += 1
        attentes, self._attentes, self._retenus = self._attentes, {}, []
        conclure(list(attentes.values()), cause)


class _Liaison(asyncio.Protocol):
    """Our end of the socket."""

    def __init__(self, noter: Callable[[Bilan], None], perdre: Callable[["_Liaison"], None]) -> None:
        self._noter = noter
        self._perdre = perdre
        self._decoupe = Decoupe()
        boucle = asyncio.get_running_loop()
        self.ouverture: asyncio.Future[Ouvert | Refus] = boucle.create_future()
        self._fin: asyncio.Future[None] = boucle.create_future()
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        for message in self._decoupe.messages(data):
            reponse = _REPONSES.decode(message)
            if isinstance(reponse, Bilan):
                self._noter(reponse)
            elif not self.ouverture.done():
                self.ouverture.set_result(reponse)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        if not self.ouverture.done():
            self.ouverture.set_result(Refus("ECRIVAIN_MORT"))
        if not self._fin.done():
            self._fin.set_result(None)
        self._perdre(self)

    def envoyer(self, octets: bytes) -> None:
        """Send, as soon as the writer takes it."""
        self._transport.write(octets)

    async def finir(self) -> None:
        """Tell the writer that nothing more comes, and wait for a time that it says what became of the rest."""
        if not self._transport.is_closing():
            self._transport.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(3 * BUDGET):
                await self._fin
        self.abandonner()

    def abandonner(self) -> None:
        """Close the socket: the writer ends."""
        self._transport.abort()


def _demarrer() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the process that writes, and return our end of its socket. Raise OSError.

    It finds what we import, none of our settings (whose case does not matter), and says on our standard error why it
    dies. In a group of its own, it hears no signal meant for ours. Linux shares the processor between sessions first
    (sched(7), autogroups): one of its own costs each access a millisecond.
    """
    env = {nom: valeur for nom, valeur in os.environ.items() if not nom.upper().startswith("PARTICULIER_")}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    commande = (sys.executable, "-P", "-m", "audit.ecrivain")
    notre, sienne = socket.socketpair()
    with sienne:
        try:
            processus = subprocess.Popen(  # noqa: S603 - our own program
                commande, stdin=sienne.fileno(), stdout=subprocess.DEVNULL, env=env, process_group=0
            )
        except BaseException:
            notre.close()
            raise
    return processus, notre


def _attendre_la_fin(processus: subprocess.Popen[bytes]) -> None:
    try:
        processus.wait(BUDGET)
    except subprocess.TimeoutExpired:
        processus.kill()
        # A disk that hangs keeps it from dying, and must not keep us: its lock keeps the next one away.
        with suppress(subprocess.TimeoutExpired):
            processus.wait(BUDGET)
