"""Habilitations and tokens in the database: all the SQL, and the operations."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from graph.errors import JetonInvalide, Surcharge
from habilitations.base import lire_url, ouvrir_moteur, transaction
from habilitations.habilitation import Acces, Habilitation, Jeton, JetonEmis
from habilitations.jeton import bien_forme, empreinte, generer
from habilitations.lecture import lecture
from habilitations.lignes import colonnes_habilitation, colonnes_jeton, juger, lire_habilitation
from habilitations.regles import (
    DUREE_MAX,
    OperationRefusee,
    verifier_emission,
    verifier_habilitation,
    verifier_renouvellement,
)
from habilitations.tables import HABILITATION, JETON, instant

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_JETON = [colonne for colonne in JETON.c if colonne is not JETON.c.empreinte]
_PRESENTE = (
    select(JETON.c.id, JETON.c.expire_le, JETON.c.revoque_le, *HABILITATION.c)
    .join(HABILITATION)
    .where(JETON.c.empreinte == bindparam("empreinte"))
)


class Store:
    """The habilitations of a database. Open it before use; every method may raise Surcharge when the database is down.

    Args:
        url: `sqlite:///chemin` or `postgresql://…`, migrated beforehand (`habilitations.migrations.migrer`).
        scopes_connus: every scope of the graph; a grant names no other.
        horloge: current instant, aware.
        bac_a_sable: whether the grants recorded are for fictitious data.

    Raises:
        ValueError: the URL is neither of the two.
    """

    def __init__(
        self,
        url: str,
        scopes_connus: frozenset[str],
        horloge: Callable[[], datetime],
        *,
        bac_a_sable: bool = False,
    ) -> None:
        adresse = lire_url(url)
        self._moteur = ouvrir_moteur(adresse)
        self._lecture = lecture(adresse, _PRESENTE)
        self._scopes_connus = scopes_connus
        self._horloge = horloge
        self._bac_a_sable = bac_a_sable

    async def ouvrir(self) -> None:
        """Get ready; nothing is connected yet, so that a database that is down does not prevent the start."""
        await self._lecture.ouvrir()

    async def fermer(self) -> None:
        """Close every connection."""
        await self._lecture.fermer()
        await self._moteur.dispose()

    async def __aenter__(self) -> Self:
        """Open."""
        await self.ouvrir()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.fermer()

    async def pret(self) -> bool:
        """Tell whether a token could be read now: the database answers, and its tables are there."""
        try:
            await self._lecture.lire(b"")
        except Surcharge:
            return False
        return True

    async def authentifier(self, jeton: str) -> Acces:
        """Return what a token opens, read from the database now: a revocation elsewhere holds at the next request.

        Raises:
            JetonInvalide: malformed (the database is not asked), or never issued.
            JetonRevoque, JetonExpire: it opens nothing more.
            HabilitationInactive: its grant has not begun, is over or suspended.
            Surcharge: the database did not answer in time.
        """
        if not bien_forme(jeton):
            raise JetonInvalide
        ligne = await self._lecture.lire(empreinte(jeton))
        if ligne is None:
            raise JetonInvalide
        return juger(ligne, self._horloge())

    async def creer_habilitation(  # noqa: PLR0913 - the facts of a grant, all named
        self,
        *,
        intitule: str,
        sirets: Iterable[str],
        scopes: Iterable[str],
        cadre_juridique: str,
        debut: datetime | None = None,
        fin: datetime | None = None,
        personnes_par_requete: int = 1,
    ) -> Habilitation:
        """Record a grant, from `debut` (now by default) until `fin` (excluded). Raise OperationRefusee."""
        habilitation = Habilitation(
            id=str(uuid4()),
            intitule=intitule,
            sirets=tuple(dict.fromkeys(sirets)),
            scopes=frozenset(scopes),
            cadre_juridique=cadre_juridique,
            debut=instant(debut or self._horloge()),
            fin=fin and instant(fin),
            personnes_par_requete=personnes_par_requete,
            bac_a_sable=self._bac_a_sable,
        )
        verifier_habilitation(habilitation, self._scopes_connus)
        async with transaction(self._moteur) as connexion:
            await connexion.execute(insert(HABILITATION).values(colonnes_habilitation(habilitation)))
        return habilitation

    async def sert_le_bac_a_sable(self) -> bool:
        """Tell whether any grant recorded is for fictitious data."""
        async with transaction(self._moteur) as connexion:
            trouvee = await connexion.execute(select(HABILITATION.c.id).where(HABILITATION.c.bac_a_sable).limit(1))
            return trouvee.first() is not None

    async def lister(self) -> list[Habilitation]:
        """Return every grant, the oldest first."""
        async with transaction(self._moteur) as connexion:
            lignes = await connexion.execute(select(HABILITATION).order_by(HABILITATION.c.debut, HABILITATION.c.id))
            return [lire_habilitation(ligne) for ligne in lignes]

    async def suspendre(self, habilitation_id: str) -> None:
        """Refuse every token of a grant from the next request on. Raise OperationRefusee."""
        await self._dater_suspension(habilitation_id, self._horloge())

    async def retablir(self, habilitation_id: str) -> None:
        """End a suspension. Raise OperationRefusee."""
        await self._dater_suspension(habilitation_id, None)

    async def _dater_suspension(self, habilitation_id: str, suspendue_le: datetime | None) -> None:
        async with transaction(self._moteur) as connexion:
            await _lire_habilitation(connexion, habilitation_id)
            visee = update(HABILITATION).where(HABILITATION.c.id == habilitation_id)
            await connexion.execute(visee.values(suspendue_le=suspendue_le))

    async def emettre(self, habilitation_id: str, duree: timedelta = DUREE_MAX) -> JetonEmis:
        """Issue a token, for `duree` or until the grant is over. Its text is returned once. Raise OperationRefusee."""
        async with transaction(self._moteur) as connexion:
            habilitation = await _lire_habilitation(connexion, habilitation_id)
            return await _inscrire(connexion, habilitation, duree, instant(self._horloge()))

    async def lister_jetons(self, habilitation_id: str | None = None) -> list[Jeton]:
        """Return the tokens, of one grant or of all, the oldest first."""
        requete = select(*_JETON).order_by(JETON.c.emis_le, JETON.c.id)
        if habilitation_id is not None:
            requete = requete.where(JETON.c.habilitation_id == habilitation_id)
        async with transaction(self._moteur) as connexion:
            return [Jeton(*ligne) for ligne in await connexion.execute(requete)]

    async def revoquer(self, jeton_id: str) -> None:
        """Refuse a token from the next request on; revoking twice keeps the first date. Raise OperationRefusee."""
        async with transaction(self._moteur) as connexion:
            await _lire_jeton(connexion, jeton_id)
            await _borner(connexion, jeton_id, self._horloge())

    async def renouveler(self, jeton_id: str, chevauchement: timedelta, duree: timedelta = DUREE_MAX) -> JetonEmis:
        """Issue the successor of a token, which itself is revoked after `chevauchement`. Raise OperationRefusee."""
        try:
            async with transaction(self._moteur) as connexion:
                jeton = await _lire_jeton(connexion, jeton_id)
                maintenant = instant(self._horloge())
                verifier_renouvellement(jeton, chevauchement, maintenant)
                await _borner(connexion, jeton_id, maintenant + chevauchement)
                habilitation = await _lire_habilitation(connexion, jeton.habilitation_id)
                return await _inscrire(connexion, habilitation, duree, maintenant, jeton_id)
        except IntegrityError:
            message = "Ce jeton a déjà été renouvelé : renouvelez son successeur, ou émettez-en un autre."
            raise OperationRefusee(message) from None


async def _lire_habilitation(connexion: "AsyncConnection", habilitation_id: str) -> Habilitation:
    ligne = (await connexion.execute(select(HABILITATION).where(HABILITATION.c.id == habilitation_id))).one_or_none()
    if ligne is None:
        message = "Habilitation inconnue : « particulier habilitation lister » donne les identifiants."
        raise OperationRefusee(message)
    return lire_habilitation(ligne)


async def _lire_jeton(connexion: "AsyncConnection", jeton_id: str) -> Jeton:
    # Locked until the end of the transaction: a revocation and a renewal of the same token come one after the other.
    requete = select(*_JETON).where(JETON.c.id == jeton_id).with_for_update()
    ligne = (await connexion.execute(requete)).one_or_none()
    if ligne is None:
        message = "Jeton inconnu : « particulier jeton lister » donne les identifiants."
        raise OperationRefusee(message)
    return Jeton(*ligne)


async def _borner(connexion: "AsyncConnection", jeton_id: str, revoque_le: datetime) -> None:
    plus_tard = or_(JETON.c.revoque_le.is_(None), JETON.c.revoque_le > revoque_le)
    await connexion.execute(update(JETON).where(JETON.c.id == jeton_id, plus_tard).values(revoque_le=revoque_le))


async def _inscrire(
    connexion: "AsyncConnection",
    habilitation: Habilitation,
    duree: timedelta,
    emis_le: datetime,
    succede_a: str | None = None,
) -> JetonEmis:
    verifier_emission(habilitation, duree, emis_le)
    expire_le = emis_le + duree if habilitation.fin is None else min(emis_le + duree, habilitation.fin)
    texte = generer()
    jeton = Jeton(str(uuid4()), habilitation.id, emis_le, expire_le, None, succede_a)
    await connexion.execute(insert(JETON).values(colonnes_jeton(jeton, empreinte(texte))))
    return JetonEmis(texte, jeton)
