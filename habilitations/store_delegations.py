"""The SQL of editors and of the delegations that administrations give them, inside a transaction of `store.py`."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import String, bindparam, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from habilitations.habilitation import Delegation, Editeur, Etat, Habilitation
from habilitations.lignes import colonnes_habilitation
from habilitations.regles import OperationRefusee, exiger
from habilitations.store_jetons import lire_une_habilitation
from habilitations.tables import DELEGATION, EDITEUR, HABILITATION

#: Active delegations of one editor: finding the one of a SIRET reads them all.
DELEGATIONS_MAX = 2_000
_PROPRE = (
    "Cette habilitation est celle d'un éditeur : elle ne se délègue pas. Nommez celle de l'administration "
    "(« particulier habilitation lister »)."
)
_TERMINEE = (
    "L'habilitation est terminée : elle ne se délègue plus. Nommez celle qui lui succède "
    "(« particulier habilitation lister »)."
)
_ACTIVE = DELEGATION.c.revoquee_le.is_(None)
_LUE = (
    select(DELEGATION.c.id, *HABILITATION.c)
    .join(HABILITATION, DELEGATION.c.habilitation_id == HABILITATION.c.id)
    .where(DELEGATION.c.editeur_id == bindparam("editeur"), _ACTIVE)
)
#: Parameters: the editor, then `% <SIRET> %`. More than one is an ambiguity; the rest tell apart those that are over.
DELEGUEES_PAR_SIRET = (
    _LUE.where(
        (literal_column("' '", String) + HABILITATION.c.sirets + literal_column("' '", String)).like(bindparam("siret"))
    )
    .order_by(DELEGATION.c.creee_le.desc(), DELEGATION.c.id)
    .limit(literal_column("20"))
    .offset(literal_column("0"))  # said, for SQLAlchemy would add a parameter on SQLite
)
#: Parameters: the editor, then the delegation.
DELEGUEE_PAR_ID = _LUE.where(DELEGATION.c.id == bindparam("delegation"))


async def inscrire_editeur(connexion: AsyncConnection, editeur: Editeur, propre: Habilitation) -> None:
    """Record an editor and its own grant. Raise IntegrityError when its SIRET is already an editor's."""
    valeurs = {"id": editeur.id, "nom": editeur.nom, "siret": editeur.siret, "cree_le": editeur.cree_le}
    await connexion.execute(insert(EDITEUR).values(valeurs))
    await connexion.execute(insert(HABILITATION).values(colonnes_habilitation(propre)))


async def editeurs(connexion: AsyncConnection) -> list[Editeur]:
    """Return every editor, the oldest first."""
    colonnes: list[Any] = [*EDITEUR.c, HABILITATION.c.id]
    requete = select(*colonnes).join(HABILITATION).order_by(EDITEUR.c.cree_le, EDITEUR.c.id)
    return [Editeur(*ligne) for ligne in await connexion.execute(requete)]


async def deleguer(
    connexion: AsyncConnection, editeur_id: str, habilitation_id: str, maintenant: datetime
) -> Delegation:
    """Let an editor use a grant. Raise OperationRefusee, or IntegrityError when it may already."""
    # Locked, so that two delegations given together are counted one after the other.
    editeur = await connexion.execute(select(EDITEUR.c.id).where(EDITEUR.c.id == editeur_id).with_for_update())
    exiger(editeur.first() is not None, "Éditeur inconnu : « particulier editeur lister » donne les identifiants.")
    habilitation = await lire_une_habilitation(connexion, habilitation_id)
    exiger(habilitation.editeur_id is None, _PROPRE)
    exiger(habilitation.etat(maintenant) is not Etat.TERMINEE, _TERMINEE)
    compte = select(func.count()).select_from(DELEGATION).where(DELEGATION.c.editeur_id == editeur_id, _ACTIVE)
    trop = f"Cet éditeur porte déjà {DELEGATIONS_MAX} délégations : enregistrez-en un second."
    exiger((await connexion.execute(compte)).scalar_one() < DELEGATIONS_MAX, trop)
    delegation = Delegation(str(uuid4()), editeur_id, habilitation_id, maintenant, None)
    valeurs = (delegation.id, editeur_id, habilitation_id, maintenant, None)
    await connexion.execute(insert(DELEGATION).values(valeurs))
    return delegation


async def revoquer_une(connexion: AsyncConnection, delegation_id: str, maintenant: datetime) -> None:
    """End a delegation; ending it twice keeps the first date. Raise OperationRefusee."""
    connue = (await connexion.execute(select(DELEGATION.c.id).where(DELEGATION.c.id == delegation_id))).first()
    if connue is None:
        message = "Délégation inconnue : « particulier delegation lister » donne les identifiants."
        raise OperationRefusee(message)
    visee = update(DELEGATION).where(DELEGATION.c.id == delegation_id, _ACTIVE)
    await connexion.execute(visee.values(revoquee_le=maintenant))


async def revoquer_celles_de(connexion: AsyncConnection, habilitation_id: str, maintenant: datetime) -> None:
    """End every delegation of a grant."""
    visees = update(DELEGATION).where(DELEGATION.c.habilitation_id == habilitation_id, _ACTIVE)
    await connexion.execute(visees.values(revoquee_le=maintenant))


async def delegations(connexion: AsyncConnection, editeur_id: str | None) -> list[Delegation]:
    """Return the delegations, to one editor or to all, the oldest first."""
    requete = select(*DELEGATION.c).order_by(DELEGATION.c.creee_le, DELEGATION.c.id)
    if editeur_id is not None:
        requete = requete.where(DELEGATION.c.editeur_id == editeur_id)
    return [Delegation(*ligne) for ligne in await connexion.execute(requete)]
