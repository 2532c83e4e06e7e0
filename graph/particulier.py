"""One screen: everything the State can say about a person. One nullable field per bloc, one source behind each."""

from typing import Annotated

import strawberry

from graph._declaration import bloc_field
from graph.allocation_adulte_handicape import AllocationAdulteHandicape
from graph.allocation_enfant_handicape import AllocationEnfantHandicape
from graph.allocation_rentree_scolaire import AllocationRentreeScolaire
from graph.allocation_soutien_familial import AllocationSoutienFamilial
from graph.bourse_etudiante import ANNEE_CAMPAGNE, BourseEtudiante, campagne
from graph.complementaire_sante_solidaire import ComplementaireSanteSolidaire
from graph.context import Info
from graph.demande import Demande
from graph.demandeur_emploi import DemandeurEmploi
from graph.dossier_allocataire import ANNEE, MOIS, DossierAllocataire, periode
from graph.identite import Identite
from graph.indemnites_chomage import IndemnitesChomage
from graph.participation_familiale_eaje import ParticipationFamilialeEaje
from graph.prime_activite import PrimeActivite
from graph.revenu_solidarite_active import RevenuSolidariteActive
from graph.scalars import Immatriculation
from graph.scolarite import Scolarite
from graph.scolarite_saisie import ANNEE_SCOLAIRE, PERIMETRE, PerimetreScolariteInput, inscription
from graph.service_civique import ServiceCivique
from graph.service_national import ServiceNational
from graph.situation_fiscale import ANNEE_REVENUS, SCOPE_REPLI, SCOPES_ANNEES, SituationFiscale, resoudre_annee
from graph.source import SourceConsultee
from graph.statut_etudiant import StatutEtudiant
from graph.statut_sportif import StatutSportif
from graph.vehicule import IMMATRICULATION, Vehicule, ecrire_immatriculation


@strawberry.type(description="Une personne, et ce que les administrations savent d'elle.")
class Particulier:
    """A person named by the caller. Each bloc is asked of its source only if a granted field below it is selected."""

    identite: strawberry.Private[Identite]

    @bloc_field(
        "Situation fiscale du foyer (DGFIP).",
        regle=resoudre_annee,
        ou=tuple((scope,) for scope in (*SCOPES_ANNEES, SCOPE_REPLI)),
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

    @bloc_field("Participation familiale à l'accueil d'un jeune enfant (CNAF ou MSA).")
    async def participation_familiale_eaje(self, info: Info) -> ParticipationFamilialeEaje | None:
        """Ask the CNAF and the MSA."""
        return await info.load(ParticipationFamilialeEaje, Demande(self.identite))

    @bloc_field("Revenu de solidarité active (CNAF ou MSA).")
    async def revenu_solidarite_active(self, info: Info) -> RevenuSolidariteActive | None:
        """Ask the CNAF and the MSA."""
        return await info.load(RevenuSolidariteActive, Demande(self.identite))

    @bloc_field("Prime d'activité (CNAF ou MSA).")
    async def prime_activite(self, info: Info) -> PrimeActivite | None:
        """Ask the CNAF and the MSA."""
        return await info.load(PrimeActivite, Demande(self.identite))

    @bloc_field("Allocation de soutien familial (CNAF ou MSA).")
    async def allocation_soutien_familial(self, info: Info) -> AllocationSoutienFamilial | None:
        """Ask the CNAF and the MSA."""
        return await info.load(AllocationSoutienFamilial, Demande(self.identite))

    @bloc_field("Allocation aux adultes handicapés (CNAF ou MSA).")
    async def allocation_adulte_handicape(self, info: Info) -> AllocationAdulteHandicape | None:
        """Ask the CNAF and the MSA."""
        return await info.load(AllocationAdulteHandicape, Demande(self.identite))

    @bloc_field("Allocation d'éducation de l'enfant handicapé (CNAF ou MSA).")
    async def allocation_enfant_handicape(self, info: Info) -> AllocationEnfantHandicape | None:
        """Ask the CNAF and the MSA."""
        return await info.load(AllocationEnfantHandicape, Demande(self.identite))

    @bloc_field("Complémentaire santé solidaire (Assurance maladie).")
    async def complementaire_sante_solidaire(self, info: Info) -> ComplementaireSanteSolidaire | None:
        """Ask the RNCPS, fed by the Assurance maladie."""
        return await info.load(ComplementaireSanteSolidaire, Demande(self.identite))

    @bloc_field("Allocation de rentrée scolaire (CNAF ou MSA).")
    async def allocation_rentree_scolaire(self, info: Info) -> AllocationRentreeScolaire | None:
        """Ask the CNAF and the MSA."""
        return await info.load(AllocationRentreeScolaire, Demande(self.identite))

    @bloc_field("Statut d'étudiant (MESRI).")
    async def statut_etudiant(self, info: Info) -> StatutEtudiant | None:
        """Ask the ministry of higher education."""
        return await info.load(StatutEtudiant, Demande(self.identite))

    @bloc_field("Bourse étudiante (CNOUS).", regle=campagne)
    async def bourse_etudiante(
        self, info: Info, annee_campagne: Annotated[int | None, ANNEE_CAMPAGNE] = strawberry.UNSET
    ) -> BourseEtudiante | None:
        """Ask the CNOUS."""
        return await info.load(BourseEtudiante, Demande(self.identite, **campagne(info.context, annee_campagne)))

    @bloc_field("Scolarité dans le premier ou le second degré (MEN).", regle=inscription)
    async def scolarite(
        self,
        info: Info,
        annee_scolaire: Annotated[str, ANNEE_SCOLAIRE],
        perimetre: Annotated[PerimetreScolariteInput, PERIMETRE],
    ) -> Scolarite | None:
        """Ask the ministry of education."""
        return await info.load(
            Scolarite, Demande(self.identite, **inscription(info.context, annee_scolaire, perimetre))
        )

    @bloc_field("Inscription comme demandeur d'emploi (France Travail).")
    async def demandeur_emploi(self, info: Info) -> DemandeurEmploi | None:
        """Ask France Travail."""
        return await info.load(DemandeurEmploi, Demande(self.identite))

    @bloc_field("Paiements aux demandeurs d'emploi (France Travail).")
    async def indemnites_chomage(self, info: Info) -> IndemnitesChomage | None:
        """Ask France Travail."""
        return await info.load(IndemnitesChomage, Demande(self.identite))

    @bloc_field("Service national (DSNJ).")
    async def service_national(self, info: Info) -> ServiceNational | None:
        """Ask the DSNJ."""
        return await info.load(ServiceNational, Demande(self.identite))

    @bloc_field("Statut de sportif de haut niveau (ministère des Sports).")
    async def statut_sportif(self, info: Info) -> StatutSportif | None:
        """Ask the Sport Data Hub."""
        return await info.load(StatutSportif, Demande(self.identite))

    @bloc_field("Service civique (GIP-MDS).")
    async def service_civique(self, info: Info) -> ServiceCivique | None:
        """Ask the GIP-MDS."""
        return await info.load(ServiceCivique, Demande(self.identite))

    @bloc_field("Véhicule immatriculé, et son lien avec la personne (ANTS).", regle=ecrire_immatriculation)
    async def vehicule(
        self, info: Info, immatriculation: Annotated[Immatriculation, IMMATRICULATION]
    ) -> Vehicule | None:
        """Ask the ANTS."""
        return await info.load(
            Vehicule, Demande(self.identite, **ecrire_immatriculation(info.context, immatriculation))
        )

    @strawberry.field(description="Ce que chaque source a répondu, un élément par bloc demandé.")
    def sources(self) -> list[SourceConsultee]:
        """Answer nothing here: projection fills this list once every bloc has settled."""
        return []
