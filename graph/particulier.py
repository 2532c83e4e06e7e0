"""One screen: everything the State can say about a person. One nullable field per bloc, one source behind each."""

from typing import Annotated

import strawberry

from graph._declaration import bloc_field
from graph.context import Info
from graph.demande import Demande
from graph.dossier_allocataire import ANNEE, MOIS, DossierAllocataire, periode
from graph.identite import Identite
from graph.situation_fiscale import ANNEE_REVENUS, SCOPES_ANNEES, SituationFiscale, resoudre_annee
from graph.source import SourceConsultee
from graph.statut_etudiant import StatutEtudiant


@strawberry.type(description="Une personne, et ce que les administrations savent d'elle.")
class Particulier:
    """A person named by the caller. Each bloc is asked of its source only if a granted field below it is selected."""

    identite: strawberry.Private[Identite]

    @bloc_field(
        "Situation fiscale du foyer (DGFIP).", regle=resoudre_annee, ou=tuple((scope,) for scope in SCOPES_ANNEES)
    )
    async def situation_fiscale(
        self, info: Info, annee_revenus: Annotated[int | None, ANNEE_REVENUS] = strawberry.UNSET
    ) -> SituationFiscale | None:
        """Ask the DGFIP."""
        return await info.load(SituationFiscale, Demande(self.identite, **resoudre_annee(info.context, annee_revenus)))

    @bloc_field("Dossier d'allocataire (CNAF ou MSA).", regle=periode)
    async def dossier_allocataire(
        self,
        info: Info,
        annee: Annotated[int | None, ANNEE] = strawberry.UNSET,
        mois: Annotated[int | None, MOIS] = strawberry.UNSET,
    ) -> DossierAllocataire | None:
        """Ask the CNAF and the MSA."""
        return await info.load(DossierAllocataire, Demande(self.identite, **periode(info.context, annee, mois)))

    @bloc_field("Statut d'étudiant (MESRI).")
    async def statut_etudiant(self, info: Info) -> StatutEtudiant | None:
        """Ask the ministry of higher education."""
        return await info.load(StatutEtudiant, Demande(self.identite))

    @strawberry.field(description="Ce que chaque source a répondu, un élément par bloc demandé.")
    def sources(self) -> list[SourceConsultee]:
        """Answer nothing here: projection fills this list once every bloc has settled."""
        return []
