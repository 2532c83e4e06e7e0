"""How a process begins a partie among others, and completes those of the processes that are dead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg

from audit.instants import microsecondes
from audit.partie import Partie
from audit.postgresql.connexion import DELAI_OUVERTURE, PANNES, PATIENTER, Connexion, borne, connecter, fermer
from audit.postgresql.inscription import inscrire, parametres
from audit.postgresql.sceaux import Sceaux
from audit.postgresql.tables import (
    AJOUT,
    CLOTURE,
    CREATION,
    DECALAGE,
    EN_COURS,
    EST_MORTE,
    ETATS,
    EXISTE,
    INACHEVEES,
    LIRE_VERSION,
    OUVERTURE,
    RESERVER,
    TENIR,
    VERROU,
    VERSION,
)
from audit.registre import RegistreIncompatible
from audit.trace import Reprise
from audit.verificateur import Chaine, lien, lies, origine
from graph.errors import AuditIndisponible

_DROITS = (
    "PARTICULIER_JOURNAL : ce rôle ne peut ni lire ni créer le schéma « journal ». Lancez « particulier migrer » avec "
    "le rôle qui possédera ses tables, puis donnez à celui du serveur le droit d'y lire et d'y ajouter."
)
_ANTERIEUR = (
    "PARTICULIER_JOURNAL : une version de travail, qui chaînait autrement, l'a écrit. Gardez-le avec elle, seule à "
    "le vérifier, et nommez une autre base."
)
_POSTERIEUR = "PARTICULIER_JOURNAL : une version plus récente l'a écrit, servez-le avec elle."


async def creer(adresse: str) -> None:
    """Create the tables, for servers whose role may not. Raise RegistreIncompatible or AuditIndisponible."""
    try:
        connexion = await connecter(adresse, DELAI_OUVERTURE)
        try:
            await preparer(connexion)
        finally:
            await fermer(connexion)
    except PANNES as erreur:
        raise AuditIndisponible(cause=type(erreur).__name__) from None


async def preparer(connexion: Connexion) -> None:
    """Create the tables, if there are none. Raise RegistreIncompatible, or one of PANNES."""
    with borne(connexion, DELAI_OUVERTURE):
        try:
            version = await _version(connexion)
        except asyncpg.InsufficientPrivilegeError:
            raise RegistreIncompatible(_DROITS) from None
        if not version:
            version = await _creer_les_tables(connexion)
    if version != VERSION:
        raise RegistreIncompatible(_ANTERIEUR if version < VERSION else _POSTERIEUR)


async def commencer(connexion: Connexion, maintenant: datetime, sceaux: Sceaux) -> Partie:
    """Begin a partie that this connection holds, bound to all that came before. Raise one of PANNES, or ValueError."""
    nom, ouverte = uuid4().hex, microsecondes(maintenant)
    with borne(connexion, DELAI_OUVERTURE):
        # One at a time: of two parties, one always binds the other.
        async with connexion.transaction(isolation="read_committed"):
            await connexion.execute(PATIENTER)
            await connexion.execute(RESERVER, VERROU, 0)
            liens = lier(await connexion.fetch(ETATS))
            id_ = await connexion.fetchval(OUVERTURE, nom, ouverte, liens)
            # NOTE: held before anyone can see the partie: it is never taken for a dead one.
            await connexion.fetchval(TENIR, VERROU, id_)
    chaine = Chaine(nom, origine(lies(liens.encode()), nom, ouverte))
    return Partie(id_, id_ << DECALAGE, chaine, await sceaux.commencer(chaine))


async def completer(connexion: Connexion, partie: Partie, maintenant: datetime) -> int:
    """Give a recovery record to the intentions of dead processes, whose parties are closed; return how many."""
    total = 0
    with borne(connexion, DELAI_OUVERTURE):
        for (morte,) in await connexion.fetch(INACHEVEES):
            total += await _completer(connexion, partie, morte, maintenant)
    return total


async def _completer(connexion: Connexion, partie: Partie, morte: int, maintenant: datetime) -> int:
    async with connexion.transaction(isolation="read_committed"):
        await connexion.execute(PATIENTER)
        if not await connexion.fetchval(EST_MORTE, VERROU, morte):
            return 0
        en_cours = await connexion.fetch(EN_COURS, morte)
        lot = [inscrire(Reprise(requete=requete, rang=rang, instant=maintenant)) for requete, rang in en_cours]
        suite, valeurs = parametres(partie, lot)
        await connexion.fetchval(AJOUT, *valeurs)
        await connexion.execute(CLOTURE, morte, partie.id, partie.chaine.taille + 1, len(lot))
    partie.retenir(suite)
    return len(lot)


async def _version(connexion: Connexion) -> int:
    """Return the version of the tables; 0 when there are none."""
    version: int = await connexion.fetchval(LIRE_VERSION) if await connexion.fetchval(EXISTE) else 0
    return version


async def _creer_les_tables(connexion: Connexion) -> int:
    """Create the tables, unless another process did; return their version."""
    try:
        async with connexion.transaction(isolation="read_committed"):
            await connexion.execute(PATIENTER)
            await connexion.execute(RESERVER, VERROU, 0)
            if version := await _version(connexion):
                return version
            await connexion.execute(CREATION)
    except asyncpg.InsufficientPrivilegeError:
        raise RegistreIncompatible(_DROITS) from None
    return VERSION


def lier(etats: Sequence[Any]) -> str:
    """Return the lines that bind the parties whose present state no other one binds yet."""
    connues: dict[str, int] = {}
    for *_, liens, _taille, _maillon in etats:
        for ligne in liens.splitlines():
            nom, taille, _ = ligne.split(" ")
            connues[nom] = max(int(taille), connues.get(nom, 0))
    return "".join(
        lien(nom, taille, maillon or origine(lies(liens.encode()), nom, ouverte))
        for _, nom, ouverte, liens, taille, maillon in etats
        if connues.get(nom, -1) < taille
    )
