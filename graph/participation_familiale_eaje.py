"""Bloc `participationFamilialeEaje`: what a crèche needs to compute the share that a family pays."""

from graph._declaration import bloc, champ, objet
from graph.foyer import AdresseAllocataire, PersonneFoyer


@objet(description="Personne du foyer et sa commune de naissance.")
class PersonneEaje(PersonneFoyer):
    """A person of the household, with her place of birth."""

    code_cog_insee_commune_naissance: str | None = champ("Code COG de la commune de naissance.")


@objet(description="Base de ressources annuelles du foyer.")
class BaseRessourcesEaje:
    """The yearly income that the rate applies to."""

    valeur: int | None = champ("Montant annuel, en euros.")
    annee_calcul: int | None = champ("Année des ressources ; la MSA peut rendre l'année en cours au lieu de N-2.")


@objet(description="Paramètres du calcul de la participation de la famille à l'accueil d'un jeune enfant.")
class ParametresCalculEaje:
    """What the tariff depends on."""

    nombre_enfants_a_charge: int | None = champ("Nombre d'enfants à charge.")
    nombre_enfants_beneficiaires_aeeh: int | None = champ(
        "Nombre d'enfants bénéficiaires de l'AEEH.", rest_v3="nombre_enfants_beneficiaire_aeeh"
    )
    base_ressources_annuelles: BaseRessourcesEaje | None = champ("Base de ressources annuelles.")


@bloc(
    description="Calcul de la participation familiale en crèche (EAJE), pour un foyer dont un enfant a moins de 7 ans.",
    rest_v3="/v3/dss/participation_familiale_eaje",
)
class ParticipationFamilialeEaje:
    """What the CNAF or the MSA holds on a household one of whose children is, or may be, younger than seven."""

    allocataires: list[PersonneEaje] | None = champ(
        "Allocataire et conjoint déclaré.", scope="cnav_participation_familiale_eaje_allocataires"
    )
    enfants: list[PersonneEaje] | None = champ(
        "Enfants à charge, quel que soit leur âge.", scope="cnav_participation_familiale_eaje_enfants"
    )
    adresse: AdresseAllocataire | None = champ("Adresse déclarée.", scope="cnav_participation_familiale_eaje_adresse")
    parametres_calcul: ParametresCalculEaje | None = champ(
        "Paramètres du calcul de la participation familiale.",
        scope="cnav_participation_familiale_eaje_parametres_calcul",
        rest_v3="parametres_calcul_participation_familiale",
    )
