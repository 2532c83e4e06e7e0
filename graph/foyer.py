"""A household as the caisses of family benefits describe it: its persons and its address, shared by several blocs."""

from graph._declaration import champ, objet
from graph.enums import Sexe
from graph.scalars import DatePartielle


@objet(description="Personne du foyer : allocataire, conjoint ou enfant.")
class PersonneFoyer:
    """A person of the household."""

    nom_naissance: str | None = champ("Nom de naissance.")
    nom_usage: str | None = champ("Nom d'usage, s'il diffère.")
    prenoms: list[str] | None = champ("Prénoms dans l'ordre de l'état civil.")
    date_naissance: DatePartielle | None = champ("Date de naissance, éventuellement partielle.")
    sexe: Sexe | None = champ("Sexe à l'état civil.")


@objet(description="Adresse déclarée par l'allocataire à sa caisse.")
class AdresseAllocataire:
    """Postal address as declared."""

    destinataire: str | None = champ("Destinataire du courrier.")
    complement_information: str | None = champ("Complément : appartement, étage, escalier.")
    complement_information_geographique: str | None = champ("Complément géographique : bâtiment, résidence.")
    numero_libelle_voie: str | None = champ("Numéro et voie.")
    lieu_dit: str | None = champ("Lieu-dit ou boîte postale.")
    code_postal_ville: str | None = champ("Code postal et ville.")
    pays: str | None = champ("Pays.")
