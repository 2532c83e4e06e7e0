"""Show a citizen her journal: look for her under every key, and write what was found in the words of the graph."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from audit.cle import CleInvalide
from audit.consultations import Acces, Consultations, ConsultationsIndisponibles, Page, Repere, RepereInconnu, lire_page
from audit.rattachement import Cherchee, chercher
from audit.trace import ABANDONNEE, OBTENU, Issue, Reprise
from gateway.curseurs import Curseurs
from gateway.sources import Sources
from graph.consultation import (
    Consultation,
    ConsultationEdge,
    ConsultationsConnection,
    ContenuDeConsultation,
    IssueConsultation,
    PageInfo,
    Rattachement,
    SourceInterrogee,
)
from graph.errors import ErreurInterne, SourceDelaiDepasse, SourceIndisponible
from graph.identite import Identite, IdentitePivot
from graph.pagination import curseur_inconnu
from habilitations.store import Store

log = structlog.get_logger("gateway.consultations")
_REESSAYER_MS = 2_000
_DELAI = "DELAI_DEPASSE"
_ISSUES = {OBTENU: IssueConsultation.RENDUE, ABANDONNEE: IssueConsultation.ABANDONNEE}


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Reads the journals of citizens."""

    lieu: Consultations
    cles: Callable[[], Iterable[bytes]]
    """Every key of the pseudonyms that was not destroyed; may raise CleInvalide."""
    depuis: Callable[[], datetime | None]
    """Since when there is one for each month."""
    store: Store
    sources: Sources
    cle: bytes = field(repr=False)
    """Secret, and always the same: those of the cursors are derived from it."""

    async def consulter(
        self, usager: Identite, premiers: int, apres: str | None, *, requete: str, delai: float
    ) -> ConsultationsConnection:
        """Return a page of a citizen's journal, without the request that reads it, within `delai` seconds.

        The INE of `usager`, if any, is what she says: it may make an access certain, and finds none.

        Raises:
            SourceIndisponible: the journal cannot be searched, or not to its end.
            SourceDelaiDepasse: it takes too long: a page is many searches, each within its own bound.
            ParametreInvalide: the page begins after a cursor that was not given to this citizen.
            Surcharge: the habilitations cannot be read.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(delai):
                return await self._consulter(usager, premiers, apres, requete)
        log.warning("journal_illisible", request_id=requete, cause=_DELAI)
        raise SourceDelaiDepasse(retry_after_ms=_REESSAYER_MS, cause=_DELAI)

    async def _consulter(
        self, usager: Identite, premiers: int, apres: str | None, requete: str
    ) -> ConsultationsConnection:
        curseurs = Curseurs.de(self.cle, _pivot(usager))
        page = await self._page(usager, premiers, curseurs.lire(apres) if apres else None, requete)
        # After the search: of a key that is destroyed meanwhile, it may say too much and never too little.
        depuis = await asyncio.to_thread(self.depuis)
        intitules = await self._intitules(page)
        edges = [
            ConsultationEdge(node=self._montrer(acces, intitules), cursor=curseurs.ecrire(acces.repere))
            for acces in page.acces
        ]
        # NOTE: an empty page may have a next one: its cursor is then that of an access which is not shown.
        fin = edges[-1].cursor if edges else None
        if page.suite and (not page.acces or page.suite != page.acces[-1].repere):
            fin = curseurs.ecrire(page.suite)
        return ConsultationsConnection(
            edges=edges,
            page_info=PageInfo(
                has_next_page=page.suite is not None,
                has_previous_page=apres is not None,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=fin,
            ),
            depuis=depuis,
        )

    async def _page(self, usager: Identite, premiers: int, apres: Repere | None, requete: str) -> Page:
        try:
            cherchees = await asyncio.to_thread(self._chercher, usager)
            return await lire_page(self.lieu, cherchees, premiers, apres, sauf=requete)
        except RepereInconnu:
            raise curseur_inconnu() from None
        except ConsultationsIndisponibles as panne:
            cause = panne.cause
        except CleInvalide:
            cause = "CLE_ILLISIBLE"
        log.warning("journal_illisible", request_id=requete, cause=cause)
        raise SourceIndisponible(retry_after_ms=_REESSAYER_MS, cause=cause)

    def _chercher(self, usager: Identite) -> list[Cherchee]:
        return chercher(self.cles(), _pivot(usager), usager.ine)

    async def _intitules(self, page: Page) -> Mapping[str, str | None]:
        employees = {acces.intention.habilitation for acces in page.acces}
        return {une: await self.store.intitule(une) for une in sorted(employees)}

    def _montrer(self, acces: Acces, intitules: Mapping[str, str | None]) -> Consultation:
        intention, rattachement = acces.intention, Rattachement[acces.rattachement.name]
        return Consultation(
            reference=intention.requete,
            instant=intention.instant,
            destinataire=intention.destinataire,
            habilitation=intitules[intention.habilitation],
            cadre_juridique=intention.cadre_juridique,
            rattachement=rattachement,
            # What was asked and found about a homonym is hers alone.
            contenu=self._contenu(acces) if rattachement is Rattachement.CERTAIN else None,
        )

    def _contenu(self, acces: Acces) -> ContenuDeConsultation:
        fournisseurs = {un.nom: un.fournisseur for un in self.sources.fournisseurs.values()}
        issue = acces.suite if isinstance(acces.suite, Issue) else None
        # A bloc asked under several aliases is one question; one that no call could answer asked nothing.
        consultations = issue.consultations if issue else ()
        consultees = dict.fromkeys((une.source, une.code) for une in consultations if une.duree_ms is not None)
        return ContenuDeConsultation(
            demarche=acces.intention.demarche,
            champs=list(issue.champs) if issue else [],
            champs_demandes=list(acces.intention.champs),
            sources=[
                SourceInterrogee(source=source, fournisseur=fournisseurs.get(source), code=code)
                for source, code in consultees
            ],
            issue=_issue(acces.suite),
        )


def _pivot(usager: Identite) -> IdentitePivot:
    """Return what FranceConnect says of a citizen."""
    if usager.pivot is None:
        raise ErreurInterne
    return usager.pivot


def _issue(suite: Issue | Reprise | None) -> IssueConsultation:
    if suite is None:
        return IssueConsultation.EN_COURS
    if isinstance(suite, Reprise):
        return IssueConsultation.INTERROMPUE
    return _ISSUES.get(suite.resultat, IssueConsultation.REFUSEE)
