"""The SQL of what DataPass decides, inside a transaction of `store.py`: each event once, and in order."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from habilitations.datapass import Accord, Evenement
from habilitations.habilitation import Habilitation
from habilitations.lignes import colonnes_habilitation, lire_habilitation
from habilitations.regles import verifier_compatibilite, verifier_habilitation
from habilitations.store_delegations import revoquer_celles_de
from habilitations.store_jetons import dernier_vivant, reserver, revoquer_tous
from habilitations.tables import EVENEMENT_DATAPASS, HABILITATION

#: How long deliveries are remembered: far longer than DataPass repeats one.
CONSERVATION = timedelta(days=30)
#: Any constant: events are applied one at a time, whatever the number of servers.
_VERROU = 0x4A51
_FINS = ("revoke", "archive")
#: Deliveries may come in another order than the events. Each of these is outdated by some later ones alone, so that an
#: end is never lost to an event that grants nothing; any later event outdates the others.
_DEPASSE_PAR = {
    "approve": ("approve", "transfer", *_FINS),
    "transfer": ("approve", "transfer"),
    "revoke": ("approve",),
    "archive": ("approve",),
}
#: DataPass dates its events to the second: of an approval and of an end of the same one, the end holds.
_DEPASSE_A_EGALITE = {"approve": _FINS}


@dataclass(frozen=True, slots=True)
class Suite:
    """What came of an event."""

    jeton_id: str | None = None
    """The token of an approved grant; its text is collected by `jeton emettre`."""
    scopes_ecartes: tuple[str, ...] = ()
    """Granted by DataPass and unknown to the graph: they open nothing."""
    perimee: bool = False
    """A later event of the same request was applied before: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Cadre:
    """What the grants recorded must obey."""

    scopes_connus: frozenset[str]
    bac_a_sable: bool
    maintenant: datetime


async def suite_connue(connexion: AsyncConnection, evenement: Evenement) -> Suite | None:
    """Return what was answered to this very delivery; None when it is new."""
    requete = select(EVENEMENT_DATAPASS.c.jeton_id).where(EVENEMENT_DATAPASS.c.id == evenement.id)
    ligne = (await connexion.execute(requete)).one_or_none()
    return None if ligne is None else Suite(ligne.jeton_id)


async def appliquer(connexion: AsyncConnection, evenement: Evenement, cadre: Cadre) -> Suite:
    """Apply an event, unless it was already, or comes after a later one. Raise OperationRefusee."""
    if connexion.dialect.name == "postgresql":
        await connexion.execute(text("SELECT pg_advisory_xact_lock(:verrou)"), {"verrou": _VERROU})
    connue = await suite_connue(connexion, evenement)
    if connue is not None:
        return connue
    suite = await _appliquer(connexion, evenement, cadre)
    await _retenir(connexion, evenement, suite, cadre.maintenant)
    return suite


async def _appliquer(connexion: AsyncConnection, evenement: Evenement, cadre: Cadre) -> Suite:
    if await _est_depasse(connexion, evenement):
        return Suite(perimee=True)
    habilitation = await _lire(connexion, evenement.external_id)
    if evenement.accord:
        return await _accorder(connexion, evenement, evenement.accord, habilitation, cadre)
    if habilitation is not None:
        await _suivre(connexion, evenement, habilitation, cadre.maintenant)
    return Suite()


async def _est_depasse(connexion: AsyncConnection, evenement: Evenement) -> bool:
    table = EVENEMENT_DATAPASS.c
    plus_tard = table.emis_le > evenement.emis_le
    if evenement.nom in _DEPASSE_PAR:
        plus_tard &= table.evenement.in_(_DEPASSE_PAR[evenement.nom])
    fins = _DEPASSE_A_EGALITE.get(evenement.nom, ())
    ensemble = (table.emis_le == evenement.emis_le) & table.evenement.in_(fins)
    requete = select(table.id).where(table.external_id == evenement.external_id, plus_tard | ensemble).limit(1)
    return (await connexion.execute(requete)).first() is not None


async def _accorder(
    connexion: AsyncConnection, evenement: Evenement, accord: Accord, ancienne: Habilitation | None, cadre: Cadre
) -> Suite:
    """Grant what was approved, no more: what the graph does not know is left out, and said."""
    if not cadre.bac_a_sable:
        verifier_compatibilite(accord.scopes)
    base = ancienne or Habilitation(
        id=str(uuid4()),
        intitule=accord.intitule,
        sirets=(accord.siret,),
        scopes=frozenset(),
        cadre_juridique=accord.cadre_juridique,
        debut=cadre.maintenant,
        fin=None,
        bac_a_sable=cadre.bac_a_sable,
        external_id=evenement.external_id,
    )
    habilitation = replace(
        base,
        intitule=accord.intitule,
        sirets=(accord.siret,),
        scopes=accord.scopes & cadre.scopes_connus,
        cadre_juridique=accord.cadre_juridique,
        fin=None,
        public_id=evenement.public_id or base.public_id,
        volume_annuel=accord.volume_annuel or base.volume_annuel,
        modalites=accord.modalites,
        etat_datapass=evenement.etat,
    )
    verifier_habilitation(habilitation, cadre.scopes_connus)
    if ancienne is None:
        await connexion.execute(insert(HABILITATION).values(colonnes_habilitation(habilitation)))
    else:
        await _remplacer(connexion, ancienne, habilitation, cadre.maintenant)
    jeton = await dernier_vivant(connexion, habilitation.id, cadre.maintenant)
    jeton = jeton or await reserver(connexion, habilitation, cadre.maintenant)
    return Suite(jeton.id, tuple(sorted(accord.scopes - cadre.scopes_connus)))


async def _suivre(
    connexion: AsyncConnection, evenement: Evenement, habilitation: Habilitation, maintenant: datetime
) -> None:
    """Follow what happens to a request: only its end and its transfer change what it opens."""
    suivie = replace(
        habilitation,
        etat_datapass=evenement.etat or habilitation.etat_datapass,
        sirets=(evenement.siret,) if evenement.siret else habilitation.sirets,
    )
    if evenement.nom in _FINS:
        suivie = replace(suivie, fin=min(habilitation.fin or maintenant, maintenant))
        await _fermer(connexion, habilitation.id, maintenant)
    await _remplacer(connexion, habilitation, suivie, maintenant)


async def _remplacer(
    connexion: AsyncConnection, ancienne: Habilitation, nouvelle: Habilitation, maintenant: datetime
) -> None:
    if nouvelle.sirets != ancienne.sirets:
        # What the former organization holds must not open data in the name of the new one; nor do its users.
        nouvelle = replace(nouvelle, franceconnect_client_id=None)
        await _fermer(connexion, ancienne.id, maintenant)
    visee = update(HABILITATION).where(HABILITATION.c.id == ancienne.id)
    await connexion.execute(visee.values(colonnes_habilitation(nouvelle)))


async def _fermer(connexion: AsyncConnection, habilitation_id: str, maintenant: datetime) -> None:
    await revoquer_tous(connexion, habilitation_id, maintenant)
    await revoquer_celles_de(connexion, habilitation_id, maintenant)


async def _lire(connexion: AsyncConnection, external_id: str) -> Habilitation | None:
    requete = select(HABILITATION).where(HABILITATION.c.external_id == external_id).with_for_update()
    ligne = (await connexion.execute(requete)).one_or_none()
    return None if ligne is None else lire_habilitation(ligne)


async def _retenir(connexion: AsyncConnection, evenement: Evenement, suite: Suite, maintenant: datetime) -> None:
    """Remember the delivery, and forget the old ones."""
    table = EVENEMENT_DATAPASS
    await connexion.execute(delete(table).where(table.c.recu_le < maintenant - CONSERVATION))
    faits = (evenement.id, evenement.external_id, evenement.nom, evenement.emis_le, maintenant, suite.jeton_id)
    await connexion.execute(insert(table).values(faits))
