"""What one process appends to: its partie, and the connection that holds it while the process lives."""

from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg

from audit.partie import Partie
from audit.postgresql.connexion import ANODINES, DELAI_OUVERTURE, PANNES, Connexion, borne, connecter, fermer
from audit.postgresql.inscription import Acces, Inscription, parametres
from audit.postgresql.ouverture import commencer, completer, preparer
from audit.postgresql.sceaux import Sceaux
from audit.postgresql.tables import AJOUT, CHASSER, CONFIRMER, CONTENU, DECALAGE, EST_CLOSE, REPRISES, TENIR, VERROU
from audit.verificateur import reste

#: Records read at once, when a partie is found again.
_LOT = 5000


class Registre:
    """Appends to one partie, held by an advisory lock of the connection: others see that its process lives.

    A connection that was lost is replaced by the next batch. If another process took this one for dead meanwhile, its
    partie is closed, and a new one begins.
    """

    def __init__(self, adresse: str, horloge: Callable[[], datetime], sceaux: Sceaux) -> None:
        self._adresse = adresse
        self._horloge = horloge
        self._sceaux = sceaux
        self._connexion: Connexion | None = None
        self._sessions: list[int] = []
        self._partie: Partie | None = None
        self.reprises: frozenset[Acces] = frozenset()
        """What another process said that no answer left for: no issue may be written for it."""

    async def ouvrir(self) -> int:
        """Begin a partie, and return how many intentions of dead processes were completed.

        Raises:
            RegistreIncompatible: these tables cannot be written, or could be lost.
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError: the database is down, or not as it was.
        """
        connexion = await connecter(self._adresse, DELAI_OUVERTURE)
        try:
            await preparer(connexion)
            self._partie = await commencer(connexion, self._horloge(), self._sceaux)
            completees = await completer(connexion, self._partie, self._horloge())
        except BaseException:
            connexion.terminate()
            raise
        self._garder(connexion)
        return completees

    async def tenir(self) -> Partie:
        """Return the partie, once a connection holds it. Raise one of PANNES."""
        if self._connexion is None or self._connexion.is_closed():
            self._lacher()
            connexion = await connecter(self._adresse)
            self._sessions.append(connexion.get_server_pid())
            try:
                if not await self._retrouver(connexion):
                    await self._recommencer(connexion)
            except BaseException:
                connexion.terminate()
                raise
            self._garder(connexion)
        return self._la_partie()

    async def ajouter(self, lot: Sequence[Inscription]) -> None:
        """Append a batch in one durable transaction, all or none. Raise one of PANNES.

        A connection that is cut leaves a doubt: it is lifted at once if the database answers again, at the next batch
        otherwise. A batch is then never written twice.
        """
        partie = await self.tenir()
        suite, valeurs = parametres(partie, lot)
        try:
            await self._envoyer(valeurs, len(lot))
        except ANODINES:
            raise
        except PANNES:
            self._lacher()
            if await self.tenir() is not partie:
                raise
            if lot and partie.chaine.maillon == suite.chaine.maillon:
                return
            suite, valeurs = parametres(partie, lot)
            await self._envoyer(valeurs, len(lot))
        partie.retenir(suite)

    async def fermer(self, *, ecrit_encore: bool = False) -> None:
        """Let go of the partie. It is not sealed as closed if its end is not known."""
        connexion, self._connexion = self._connexion, None
        sure = connexion is not None and not connexion.is_closed() and not ecrit_encore
        if connexion is not None:
            await fermer(connexion)
        await self._sceaux.fermer(self._partie.chaine if sure and self._partie else None)

    async def _envoyer(self, valeurs: Sequence[object], nombre: int) -> None:
        connexion = self._connexion
        if connexion is None:
            raise ConnectionError
        with borne(connexion):
            if await connexion.fetchval(AJOUT, *valeurs) != nombre:
                connexion.terminate()
                raise asyncpg.DataError  # a trigger that is not ours swallows what is appended
            if not nombre:
                await connexion.fetchval(CONFIRMER)  # nothing was committed: that it can be is not known yet

    async def _retrouver(self, connexion: Connexion) -> bool:
        """Hold the partie again, and chain what a batch in doubt left in it; tell whether it may still be written."""
        partie = self._la_partie()
        cle = (VERROU, partie.id)
        with borne(connexion):
            if not await connexion.fetchval(TENIR, *cle):
                # The server has not seen yet that our session before is over: what it was doing must be known first.
                await connexion.fetch(CHASSER, *cle, self._sessions)
                if not await connexion.fetchval(TENIR, *cle):
                    raise ConnectionError
        with borne(connexion):
            entiere = await self._rattraper(connexion, partie)
            return entiere and await connexion.fetchrow(EST_CLOSE, partie.id) is None

    async def _rattraper(self, connexion: Connexion, partie: Partie) -> bool:
        """Chain what the partie holds and we do not know of; tell whether it is all ours."""
        fin = partie.apres + (1 << DECALAGE)
        while lignes := await connexion.fetch(CONTENU, partie.apres + partie.chaine.taille, fin, _LOT):
            suite = partie.prolonger(
                [reste(genre.encode(), rang, instant, requete.encode(), corps.encode())
                 for genre, rang, instant, requete, corps, _ in lignes]
            )  # fmt: skip
            if suite.maillons != b"".join([ligne["maillon"] for ligne in lignes]):
                return False
            # NOTE: a session that is ended while it waits for a standby leaves what it committed on this server alone.
            await connexion.fetchval(CONFIRMER)
            partie.retenir(suite)
        return True

    async def _recommencer(self, connexion: Connexion) -> None:
        """Begin another partie: this one was closed by another process, or written by a stranger."""
        close = self._la_partie()
        with borne(connexion):
            if cloture := await connexion.fetchrow(EST_CLOSE, close.id):
                debut = (cloture["par"] << DECALAGE) + cloture["premier"]
                lignes = await connexion.fetch(REPRISES, debut, debut + cloture["reprises"])
                self.reprises |= {(requete, rang) for requete, rang in lignes}
        await self._sceaux.fermer(close.chaine)
        self._partie = await commencer(connexion, self._horloge(), self._sceaux)

    def _garder(self, connexion: Connexion) -> None:
        self._connexion = connexion
        self._sessions = [connexion.get_server_pid()]

    def _lacher(self) -> None:
        connexion, self._connexion = self._connexion, None
        if connexion is not None:
            connexion.terminate()

    def _la_partie(self) -> Partie:
        if self._partie is None:
            raise ConnectionError
        return self._partie
