"""Habilitations, tokens and delegations in the database: the operations, each in a transaction of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Self
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from graph.errors import JetonInvalide, Surcharge
from habilitations import store_datapass, store_delegations
from habilitations.adresses import lire_plage
from habilitations.base import REQUETE, Delais, lire_url, ouvrir_moteur, transaction
from habilitations.datapass import Evenement
from habilitations.echeances import Echeance
from habilitations.habilitation import (
    Acces,
    Delegation,
    Deleguee,
    Editeur,
    Etat,
    Habilitation,
    Jeton,
    JetonEmis,
    Modalite,
)
from habilitations.jeton import bien_forme, empreinte
from habilitations.lecture import compiler, lecture
from habilitations.lignes import colonnes_habilitation, juger, lire_habilitation
from habilitations.regles import (
    DUREE_MAX,
    OperationRefusee,
    incompatibilite,
    verifier_compatibilite,
    verifier_habilitation,
    verifier_personnes,
    verifier_plages,
    verifier_renouvellement,
    verifier_service,
)
from habilitations.store_datapass import Cadre, Suite
from habilitations.store_delegations import DELEGUEE_PAR_ID, DELEGUEES_PAR_SIRET
from habilitations.store_echeances import lire_echeances
from habilitations.store_jetons import (
    COLONNES_JETON,
    borner,
    dater_suspension,
    inscrire,
    lire_un_jeton,
    lire_une_habilitation,
    retirer_ou_inscrire,
)
from habilitations.tables import HABILITATION, JETON, instant

_PRESENTE = (
    select(JETON.c.id, JETON.c.expire_le, JETON.c.revoque_le, JETON.c.suspendu_le, *HABILITATION.c)
    .join(HABILITATION)
    .where(JETON.c.empreinte == bindparam("empreinte"))
)
_INTITULE = select(HABILITATION.c.intitule).where(HABILITATION.c.id == bindparam("id"))
#: The legal ground of what an editor does is that of each administration which delegates to it.
_CADRE_EDITEUR = "Délégations des administrations clientes"


class Store:
    """The habilitations of a database. Open it before use; every method may raise Surcharge when the database is down.

    Args:
        url: `sqlite:///chemin` or `postgresql://…`, migrated beforehand (`habilitations.migrations.migrer`).
        scopes_connus: every scope of the graph; a grant names no other.
        horloge: current instant, aware.
        bac_a_sable: whether the grants recorded are for fictitious data.
        delais: how long the database is waited for.

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
        delais: Delais = REQUETE,
    ) -> None:
        adresse = lire_url(url)
        self._moteur = ouvrir_moteur(adresse, delais)
        self._lecture = lecture(adresse, delais)
        self._transaction = partial(transaction, self._moteur, delais)
        self._presente = compiler(adresse, _PRESENTE)
        self._par_siret = compiler(adresse, DELEGUEES_PAR_SIRET)
        self._par_id = compiler(adresse, DELEGUEE_PAR_ID)
        self._intitule = compiler(adresse, _INTITULE)
        self._scopes_connus = scopes_connus
        self._horloge = horloge
        self._bac_a_sable = bac_a_sable

    async def ouvrir(self) -> None:
        """Get ready; nothing is connected yet."""
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
            await self._lecture.lire(self._presente, b"")
        except Surcharge:
            return False
        return True

    async def authentifier(self, jeton: str) -> Acces:
        """Return what a token opens, read from the database now: a revocation elsewhere holds at the next request.

        Raises:
            JetonInvalide: malformed (the database is not asked), or never issued.
            JetonRevoque, JetonExpire: it opens nothing more.
            JetonSuspendu: it is suspended.
            HabilitationInactive: its grant has not begun, is over or suspended.
            Surcharge: the database did not answer in time.
        """
        if not bien_forme(jeton):
            raise JetonInvalide
        lignes = await self._lecture.lire(self._presente, empreinte(jeton))
        if not lignes:
            raise JetonInvalide
        return juger(lignes[0], self._horloge())

    async def deleguees(self, editeur_id: str, siret: str) -> list[Deleguee]:
        """Return the grants that cover a recipient and that an editor may use, active or not."""
        lignes = await self._lecture.lire(self._par_siret, editeur_id, f"% {siret} %")
        return [Deleguee(ligne[0], lire_habilitation(ligne[1:])) for ligne in lignes]

    async def deleguee(self, editeur_id: str, delegation_id: str) -> Deleguee | None:
        """Return the grant that one delegation lets an editor use, unless it was revoked or is not this editor's."""
        lignes = await self._lecture.lire(self._par_id, editeur_id, delegation_id)
        return Deleguee(lignes[0][0], lire_habilitation(lignes[0][1:])) if lignes else None

    async def intitule(self, habilitation_id: str) -> str | None:
        """Return what a grant is called, whatever became of it; None if there is none of that name."""
        lignes = await self._lecture.lire(self._intitule, habilitation_id)
        return str(lignes[0][0]) if lignes else None

    def instant(self) -> datetime:
        """Return the current instant of this store."""
        return self._horloge()

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
        volume_annuel: int | None = None,
        modalites: Iterable[str] = (),
        plages_ip: Iterable[str] = (),
        franceconnect_client_id: str | None = None,
        compatibles: bool | None = None,
    ) -> Habilitation:
        """Record a grant, from `debut` (now by default) until `fin` (excluded). Raise OperationRefusee.

        `compatibles` tells whether scopes that cannot go together are refused: by default, outside the sandbox.
        """
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
            volume_annuel=volume_annuel,
            modalites=tuple(modalites),
            plages_ip=_plages(plages_ip),
            franceconnect_client_id=franceconnect_client_id,
        )
        verifier_habilitation(habilitation, self._scopes_connus)
        if compatibles if compatibles is not None else not self._bac_a_sable:
            verifier_compatibilite(habilitation.scopes)
        async with self._transaction() as connexion:
            await connexion.execute(insert(HABILITATION).values(colonnes_habilitation(habilitation)))
        return habilitation

    async def sert_le_bac_a_sable(self) -> bool:
        """Tell whether any grant recorded is for fictitious data."""
        async with self._transaction() as connexion:
            trouvee = await connexion.execute(select(HABILITATION.c.id).where(HABILITATION.c.bac_a_sable).limit(1))
            return trouvee.first() is not None

    async def lister(self) -> list[Habilitation]:
        """Return every grant, the oldest first."""
        async with self._transaction() as connexion:
            lignes = await connexion.execute(select(HABILITATION).order_by(HABILITATION.c.debut, HABILITATION.c.id))
            return [lire_habilitation(ligne) for ligne in lignes]

    async def incompatibles(self) -> list[tuple[Habilitation, str]]:
        """Return the grants whose scopes cannot go together, and why: requests are refused until they are mended."""
        return [(une, raison) for une in await self._reelles() if (raison := incompatibilite(une.scopes))]

    async def sans_service(self) -> list[Habilitation]:
        """Return the grants made for FranceConnect that accept nobody who comes by it, until they are bound."""
        return [
            une
            for une in await self._reelles()
            if Modalite.FRANCE_CONNECT in une.modalites and une.franceconnect_client_id is None
        ]

    async def _reelles(self) -> list[Habilitation]:
        """Return the grants about persons who exist, and that are not over."""
        instant = self._horloge()
        lues = await self.lister()
        return [une for une in lues if not une.bac_a_sable and une.etat(instant) is not Etat.TERMINEE]

    async def suspendre(self, habilitation_id: str) -> None:
        """Refuse every token of a grant from the next request on. Raise OperationRefusee."""
        await self._changer(habilitation_id, suspendue_le=self._horloge())

    async def retablir(self, habilitation_id: str) -> None:
        """End a suspension. Raise OperationRefusee."""
        await self._changer(habilitation_id, suspendue_le=None)

    async def limiter(self, habilitation_id: str, plages_ip: Iterable[str]) -> None:
        """Change the addresses that may use a grant, from the next request on; none for any. Raise OperationRefusee."""
        plages = _plages(plages_ip)
        verifier_plages(plages)
        await self._changer(habilitation_id, plages_ip=" ".join(plages))

    async def admettre(self, habilitation_id: str, personnes: int) -> None:
        """Change how many persons one request may name, from the next request on. Raise OperationRefusee."""
        verifier_personnes(personnes)
        await self._changer(habilitation_id, personnes_par_requete=personnes)

    async def rattacher(self, habilitation_id: str, franceconnect_client_id: str | None) -> None:
        """Bind a grant to a service of FranceConnect, or to none, from the next request on. Raise OperationRefusee."""
        verifier_service(franceconnect_client_id)
        await self._changer(habilitation_id, franceconnect_client_id=franceconnect_client_id)

    async def _changer(self, habilitation_id: str, **valeurs: object) -> None:
        async with self._transaction() as connexion:
            await lire_une_habilitation(connexion, habilitation_id, figee=False)
            visee = update(HABILITATION).where(HABILITATION.c.id == habilitation_id)
            await connexion.execute(visee.values(**valeurs))

    async def emettre(self, habilitation_id: str, duree: timedelta = DUREE_MAX) -> JetonEmis:
        """Issue a token, for `duree` or until the grant is over. Its text is returned once. Raise OperationRefusee.

        A token that was promised to DataPass and is still to be collected is the one given.
        """
        async with self._transaction() as connexion:
            habilitation = await lire_une_habilitation(connexion, habilitation_id)
            return await retirer_ou_inscrire(connexion, habilitation, duree, instant(self._horloge()))

    async def lister_jetons(self, habilitation_id: str | None = None) -> list[Jeton]:
        """Return the tokens, of one grant or of all, the oldest first."""
        requete = select(*COLONNES_JETON).order_by(JETON.c.emis_le, JETON.c.id)
        if habilitation_id is not None:
            requete = requete.where(JETON.c.habilitation_id == habilitation_id)
        async with self._transaction() as connexion:
            return [Jeton(*ligne) for ligne in await connexion.execute(requete)]

    async def echeances(self, horizon: timedelta) -> list[Echeance]:
        """Return the tokens and the grants that end within `horizon`, and that nothing replaces yet."""
        maintenant = self._horloge()
        async with self._transaction() as connexion:
            return await lire_echeances(connexion, maintenant, maintenant + horizon)

    async def revoquer(self, jeton_id: str) -> None:
        """Refuse a token from the next request on; revoking twice keeps the first date. Raise OperationRefusee."""
        async with self._transaction() as connexion:
            await lire_un_jeton(connexion, jeton_id)
            await borner(connexion, jeton_id, self._horloge())

    async def suspendre_jeton(self, jeton_id: str) -> None:
        """Refuse a token from the next request on; suspending twice keeps the first date. Raise OperationRefusee."""
        async with self._transaction() as connexion:
            jeton = await lire_un_jeton(connexion, jeton_id)
            await dater_suspension(connexion, jeton_id, jeton.suspendu_le or self._horloge())

    async def retablir_jeton(self, jeton_id: str) -> None:
        """End the suspension of a token; what counted its persons is apart (`Quotas.lever`). Raise OperationRefusee."""
        async with self._transaction() as connexion:
            await lire_un_jeton(connexion, jeton_id)
            await dater_suspension(connexion, jeton_id, None)

    async def renouveler(self, jeton_id: str, chevauchement: timedelta, duree: timedelta = DUREE_MAX) -> JetonEmis:
        """Issue the successor of a token, which itself is revoked after `chevauchement`. Raise OperationRefusee."""
        try:
            async with self._transaction() as connexion:
                jeton = await lire_un_jeton(connexion, jeton_id)
                maintenant = instant(self._horloge())
                verifier_renouvellement(jeton, chevauchement, maintenant)
                await borner(connexion, jeton_id, maintenant + chevauchement)
                habilitation = await lire_une_habilitation(connexion, jeton.habilitation_id)
                return await inscrire(connexion, habilitation, duree, maintenant, jeton_id)
        except IntegrityError:
            message = "Ce jeton a déjà été renouvelé : renouvelez son successeur, ou émettez-en un autre."
            raise OperationRefusee(message) from None

    async def creer_editeur(self, nom: str, siret: str, plages_ip: Iterable[str] = ()) -> Editeur:
        """Record an editor, with a grant of its own that opens nothing by itself. Raise OperationRefusee."""
        maintenant = instant(self._horloge())
        editeur = Editeur(str(uuid4()), nom, siret, maintenant, str(uuid4()))
        propre = Habilitation(
            id=editeur.habilitation_id,
            intitule=nom,
            sirets=(siret,),
            scopes=frozenset(),
            cadre_juridique=_CADRE_EDITEUR,
            debut=maintenant,
            fin=None,
            bac_a_sable=self._bac_a_sable,
            plages_ip=_plages(plages_ip),
            editeur_id=editeur.id,
        )
        verifier_habilitation(propre, self._scopes_connus)
        try:
            async with self._transaction() as connexion:
                await store_delegations.inscrire_editeur(connexion, editeur, propre)
        except IntegrityError:
            message = "Un éditeur porte déjà ce SIRET : « particulier editeur lister » les donne."
            raise OperationRefusee(message) from None
        return editeur

    async def lister_editeurs(self) -> list[Editeur]:
        """Return every editor, the oldest first."""
        async with self._transaction() as connexion:
            return await store_delegations.editeurs(connexion)

    async def deleguer(self, editeur_id: str, habilitation_id: str) -> Delegation:
        """Let an editor use a grant, from the next request on. Raise OperationRefusee."""
        try:
            async with self._transaction() as connexion:
                maintenant = instant(self._horloge())
                return await store_delegations.deleguer(connexion, editeur_id, habilitation_id, maintenant)
        except IntegrityError:
            message = (
                "Cette habilitation est déjà déléguée à cet éditeur : « particulier delegation lister » le montre."
            )
            raise OperationRefusee(message) from None

    async def revoquer_delegation(self, delegation_id: str) -> None:
        """End a delegation, from the next request on. Raise OperationRefusee."""
        async with self._transaction() as connexion:
            await store_delegations.revoquer_une(connexion, delegation_id, self._horloge())

    async def lister_delegations(self, editeur_id: str | None = None) -> list[Delegation]:
        """Return the delegations, to one editor or to all, revoked ones included, the oldest first."""
        async with self._transaction() as connexion:
            return await store_delegations.delegations(connexion, editeur_id)

    async def suite_connue(self, evenement: Evenement) -> Suite | None:
        """Return what was answered to this very delivery; None when it is new."""
        async with self._transaction() as connexion:
            return await store_datapass.suite_connue(connexion, evenement)

    async def appliquer(self, evenement: Evenement) -> Suite:
        """Do what DataPass decided; the same delivery changes nothing twice, and is answered the same.

        Raises:
            OperationRefusee: what was approved breaks a rule; nothing was changed.
        """
        try:
            async with self._transaction() as connexion:
                cadre = Cadre(self._scopes_connus, self._bac_a_sable, instant(self._horloge()))
                return await store_datapass.appliquer(connexion, evenement, cadre)
        except IntegrityError:
            message = (
                "Une autre habilitation porte déjà cet identifiant public : voir « particulier habilitation lister »."
            )
            raise OperationRefusee(message) from None


def _plages(plages: Iterable[str]) -> tuple[str, ...]:
    """Return the ranges as they are compared, each once; what is not one is left for the rules to refuse."""
    return tuple(dict.fromkeys(str(lire_plage(plage) or plage) for plage in plages))
