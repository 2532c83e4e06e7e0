"""Bloc `serviceCivique`: contracts of the civic service, as employers declare them to the GIP-MDS (DSN, nature 89)."""

from datetime import date

import strawberry

from graph._declaration import bloc, champ, objet
from graph.identite import EtatCivil


@objet(description="Organisme qui accueille le volontaire.")
class OrganismeAccueil:
    """The establishment that declared the contract."""

    siret: str | None = champ("SIRET de l'établissement d'accueil.")
    raison_sociale: str | None = champ("Raison sociale de l'organisme.")


@objet(description="Contrat de service civique, en cours ou passé selon le champ qui le porte.")
class StatutServiceCivique:
    """The contract of one kind, current or past, if there is one."""

    contrat_trouve: bool | None = champ("Vrai s'il existe un tel contrat ; faux : les autres champs sont nuls.")
    organisme_accueil: OrganismeAccueil | None = champ(
        "Organisme d'accueil.", scope="gip_mds_service_civique_organisme_accueil"
    )
    date_debut_contrat: date | None = champ("Premier jour du contrat.", scope="gip_mds_service_civique_dates")
    date_fin_contrat: date | None = champ(
        "Dernier jour du contrat, si l'organisme a déclaré sa fin.", scope="gip_mds_service_civique_dates"
    )


@bloc(
    description="Service civique : contrat en cours et contrat passé les plus récents ; les deux peuvent coexister.",
    rest_v3="/v3/gip_mds/service_civique",
)
class ServiceCivique:
    """The latest contract of each kind."""

    statut_actuel: StatutServiceCivique | None = champ(
        "Contrat en cours, le dernier commencé.", scope="gip_mds_service_civique_statut_actuel"
    )
    statut_passe: StatutServiceCivique | None = champ(
        "Contrat passé, le dernier terminé.", scope="gip_mds_service_civique_statut_passe"
    )
    etat_civil: strawberry.Private[EtatCivil | None]
    """Whose contracts they are: compared with the identity asked, and never shown. None when there is no contract."""
