"""The accesses about a citizen in a SQLite journal, found through its index, away from the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import msgspec

from audit.consultations import Candidat, ConsultationsIndisponibles, Repere
from audit.index import Index, chemin_par_defaut
from audit.indexeur import Indexeur
from audit.registre import connecter, decoder
from audit.tables import DERNIER, ENREGISTREMENT
from audit.termes import de_la_requete, du_pseudonyme
from audit.trace import Intention, Pseudonyme, Trace

#: Seconds that a search waits for the index, and takes in all.
ATTENTE, DELAI = 1.0, 2.0
#: Searches at once, and those that may wait for their turn.
_FILS, _ATTENTE_MAX = 2, 64
T = TypeVar("T")


class ConsultationsSqlite:
    """Implements `audit.consultations.Consultations` over the journal of this process. Open it before use.

    Args:
        journal: the file, which another thread writes.
        index: its index; beside it by default.
        attente: seconds that a search waits for the index to reach the end of the journal.
    """

    def __init__(self, journal: Path, index: Path | None = None, attente: float = ATTENTE) -> None:
        self._journal = journal
        self._index = index or chemin_par_defaut(journal)
        self._attente = attente
        self._en_cours = 0
        self._indexeur: Indexeur | None = None
        self._fils: ThreadPoolExecutor | None = None

    async def ouvrir(self) -> None:
        """Start to index, in the background: the journal exists, its index may be millions of records late."""
        self._fils = ThreadPoolExecutor(_FILS, "journal de l'usager")
        self._indexeur = Indexeur(self._journal, self._index)
        self._indexeur.start()

    async def aclose(self) -> None:
        """Stop to index, and to answer."""
        indexeur, self._indexeur = self._indexeur, None
        fils, self._fils = self._fils, None
        if indexeur and fils:
            indexeur.arreter()
            await asyncio.to_thread(indexeur.join, DELAI)
            fils.shutdown(wait=False, cancel_futures=True)

    async def trouver(self, pseudonymes: Collection[Pseudonyme], avant: int | None, combien: int) -> Sequence[Candidat]:
        """Return accesses, the newest first (`audit.consultations.Consultations`)."""
        return await self._dans_un_fil(lambda recherche: recherche.trouver(pseudonymes, avant, combien))

    async def position(self, repere: Repere) -> int | None:
        """Return the place of an access (`audit.consultations.Consultations`)."""
        return await self._dans_un_fil(lambda recherche: recherche.position(repere))

    async def _dans_un_fil(self, chercher: "Callable[[_Recherche], T]") -> T:
        """Search in a thread. Raise ConsultationsIndisponibles: too many searches, too slow, or a file that fails."""
        if self._fils is None:
            raise ConsultationsIndisponibles("FERME")
        if self._en_cours >= _ATTENTE_MAX:
            raise ConsultationsIndisponibles("FILE_PLEINE")
        self._en_cours += 1
        try:
            async with asyncio.timeout(DELAI):
                return await asyncio.get_running_loop().run_in_executor(self._fils, self._chercher, chercher)
        except TimeoutError:
            cause = "DELAI_DEPASSE"
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as panne:
            cause = str(getattr(panne, "sqlite_errorname", type(panne).__name__))
        finally:
            self._en_cours -= 1
        raise ConsultationsIndisponibles(cause)

    def _chercher(self, chercher: "Callable[[_Recherche], T]") -> T:
        with closing(connecter(self._journal, "ro")) as journal:
            (tete,) = journal.execute(DERNIER).fetchone()
            # What is not indexed yet would be missing from the newest accesses, without a word.
            if self._indexeur is None or not self._indexeur.attendre(tete, self._attente):
                raise ConsultationsIndisponibles("INDEX_EN_RETARD")
            with closing(Index(connecter(self._index, "ro"))) as index:
                return chercher(_Recherche(journal, index, tete))


class _Recherche:
    """A journal and its index, both open for reading; what was written since it began is left to the next one."""

    def __init__(self, journal: sqlite3.Connection, index: Index, tete: int) -> None:
        self._journal = journal
        self._index = index
        self._tete = tete

    def trouver(self, pseudonymes: Collection[Pseudonyme], avant: int | None, combien: int) -> list[Candidat]:
        termes = [du_pseudonyme(un.genre, un.empreinte) for un in pseudonymes]
        limite = self._tete + 1 if avant is None else avant
        return [Candidat(seq, self._acces(seq)) for seq in self._index.avant(termes, limite, combien)]

    def position(self, repere: Repere) -> int | None:
        for seq in self._index.chercher(de_la_requete(repere.requete)):
            trace = self._lire(seq)
            if isinstance(trace, Intention) and (trace.requete, trace.rang) == repere:
                return seq
        return None

    def _acces(self, seq: int) -> list[Trace]:
        return [self._lire(une) for une in (seq, *self._index.suites(seq))]

    def _lire(self, seq: int) -> Trace:
        ligne = self._journal.execute(ENREGISTREMENT, (seq,)).fetchone()
        if ligne is None:
            message = "the index knows a record that the journal does not hold"
            raise sqlite3.DatabaseError(message)
        return decoder(*ligne)
