"""The SQL of what ends soon, inside a transaction that `store.py` opened."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from habilitations.echeances import Echeance, Genre
from habilitations.tables import HABILITATION, JETON

_SUCCESSEUR = JETON.alias("successeur")


async def lire_echeances(connexion: AsyncConnection, maintenant: datetime, horizon: datetime) -> list[Echeance]:
    """Return what ends in ]maintenant, horizon], the first to end first.

    A token that was renewed, revoked or never collected is left out, and so is all that a finished grant holds.
    """
    vivante = or_(HABILITATION.c.fin.is_(None), HABILITATION.c.fin > maintenant)
    jetons = (
        select(JETON.c.id, HABILITATION.c.id, HABILITATION.c.intitule, JETON.c.expire_le)
        .join(HABILITATION, JETON.c.habilitation_id == HABILITATION.c.id)
        .where(JETON.c.expire_le > maintenant, JETON.c.expire_le <= horizon, vivante)
        .where(JETON.c.revoque_le.is_(None), ~JETON.c.a_retirer)
        .where(~select(_SUCCESSEUR.c.id).where(_SUCCESSEUR.c.succede_a == JETON.c.id).exists())
    )
    grants = select(HABILITATION.c.id, HABILITATION.c.id, HABILITATION.c.intitule, HABILITATION.c.fin).where(
        HABILITATION.c.fin > maintenant, HABILITATION.c.fin <= horizon
    )
    echeances = [Echeance(Genre.JETON, *ligne) for ligne in await connexion.execute(jetons)]
    echeances += [Echeance(Genre.HABILITATION, *ligne) for ligne in await connexion.execute(grants)]
    return sorted(echeances, key=lambda une: (une.fin, une.genre.value, une.id))
