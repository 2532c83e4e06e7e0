"""The SQL of grants and of their tokens, inside a transaction that `store.py` opened."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Update, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from habilitations.habilitation import Habilitation, Jeton, JetonEmis
from habilitations.jeton import empreinte, generer
from habilitations.lignes import colonnes_jeton, lire_habilitation
from habilitations.regles import DUREE_MAX, OperationRefusee, verifier_emission
from habilitations.tables import HABILITATION, JETON

COLONNES_JETON = [colonne for colonne in JETON.c if colonne is not JETON.c.empreinte]


async def lire_une_habilitation(
    connexion: AsyncConnection, habilitation_id: str, *, figee: bool = True
) -> Habilitation:
    """Return a grant; `figee` keeps it from ending before the transaction does. Raise OperationRefusee."""
    requete = select(HABILITATION).where(HABILITATION.c.id == habilitation_id)
    ligne = (await connexion.execute(requete.with_for_update(read=True) if figee else requete)).one_or_none()
    if ligne is None:
        message = "Habilitation inconnue : « particulier habilitation lister » donne les identifiants."
        raise OperationRefusee(message)
    return lire_habilitation(ligne)


async def lire_un_jeton(connexion: AsyncConnection, jeton_id: str) -> Jeton:
    """Return a token, locked: a revocation and a renewal come one after the other. Raise OperationRefusee."""
    requete = select(*COLONNES_JETON).where(JETON.c.id == jeton_id).with_for_update()
    ligne = (await connexion.execute(requete)).one_or_none()
    if ligne is None:
        message = "Jeton inconnu : « particulier jeton lister » donne les identifiants."
        raise OperationRefusee(message)
    return Jeton(*ligne)


async def borner(connexion: AsyncConnection, jeton_id: str, revoque_le: datetime) -> None:
    """Revoke a token from an instant on, unless it is revoked sooner."""
    await connexion.execute(_revocation(revoque_le).where(JETON.c.id == jeton_id))


async def dater_suspension(connexion: AsyncConnection, jeton_id: str, suspendu_le: datetime | None) -> None:
    """Suspend a token since an instant; None restores it."""
    await connexion.execute(update(JETON).where(JETON.c.id == jeton_id).values(suspendu_le=suspendu_le))


async def revoquer_tous(connexion: AsyncConnection, habilitation_id: str, maintenant: datetime) -> None:
    """Revoke every token of a grant, those in their overlap included."""
    await connexion.execute(_revocation(maintenant).where(JETON.c.habilitation_id == habilitation_id))


async def dernier_vivant(connexion: AsyncConnection, habilitation_id: str, maintenant: datetime) -> Jeton | None:
    """Return the last token of a grant that is still good for something."""
    requete = (
        select(*COLONNES_JETON)
        .where(JETON.c.habilitation_id == habilitation_id, JETON.c.expire_le > maintenant)
        .where(or_(JETON.c.revoque_le.is_(None), JETON.c.revoque_le > maintenant))
        .order_by(JETON.c.revoque_le.is_(None).desc(), JETON.c.emis_le.desc(), JETON.c.id)
        .limit(1)
    )
    ligne = (await connexion.execute(requete)).one_or_none()
    return None if ligne is None else Jeton(*ligne)


async def inscrire(  # noqa: PLR0913 - the facts of a token
    connexion: AsyncConnection,
    habilitation: Habilitation,
    duree: timedelta,
    emis_le: datetime,
    succede_a: str | None = None,
    *,
    a_retirer: bool = False,
) -> JetonEmis:
    """Issue a token. Raise OperationRefusee."""
    texte, fin = generer(), _fin(habilitation, duree, emis_le)
    jeton = Jeton(str(uuid4()), habilitation.id, emis_le, fin, None, succede_a, a_retirer)
    await connexion.execute(insert(JETON).values(colonnes_jeton(jeton, empreinte(texte))))
    return JetonEmis(texte, jeton)


async def reserver(connexion: AsyncConnection, habilitation: Habilitation, maintenant: datetime) -> Jeton:
    """Record a token that has an identifier and no text: the hash is that of a text forgotten here."""
    emis = await inscrire(connexion, habilitation, DUREE_MAX, maintenant, a_retirer=True)
    return emis.jeton


async def retirer_ou_inscrire(
    connexion: AsyncConnection, habilitation: Habilitation, duree: timedelta, maintenant: datetime
) -> JetonEmis:
    """Give its text to the token promised to DataPass, which keeps its identifier; else issue one."""
    promis = await dernier_vivant(connexion, habilitation.id, maintenant)
    if promis is None or not promis.a_retirer:
        return await inscrire(connexion, habilitation, duree, maintenant)
    texte, fin = generer(), _fin(habilitation, duree, maintenant)
    jeton = Jeton(promis.id, habilitation.id, maintenant, fin, None, None)
    encore = update(JETON).where(JETON.c.id == jeton.id, JETON.c.a_retirer)
    remis = await connexion.execute(encore.values(colonnes_jeton(jeton, empreinte(texte))))
    # Of two operators at once, the second is given another token: the text of the first must stay good.
    return JetonEmis(texte, jeton) if remis.rowcount else await inscrire(connexion, habilitation, duree, maintenant)


def _fin(habilitation: Habilitation, duree: timedelta, emis_le: datetime) -> datetime:
    verifier_emission(habilitation, duree, emis_le)
    return emis_le + duree if habilitation.fin is None else min(emis_le + duree, habilitation.fin)


def _revocation(revoque_le: datetime) -> Update:
    plus_tard = or_(JETON.c.revoque_le.is_(None), JETON.c.revoque_le > revoque_le)
    return update(JETON).where(plus_tard).values(revoque_le=revoque_le)
