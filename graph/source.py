"""What callers see of the sources: their state from real traffic, and what each one did for a request."""

from datetime import datetime
from enum import Enum

import strawberry

from graph._declaration import champ, objet
from graph.errors import EtatSource


@strawberry.enum(description="Disponibilité d'une source, d'après le trafic réel.")
class Disponibilite(Enum):
    """How a source has been answering lately."""

    DISPONIBLE = strawberry.enum_value("DISPONIBLE", description="La source répond normalement.")
    PERTURBEE = strawberry.enum_value("PERTURBEE", description="Une partie des appels récents ont échoué.")
    INDISPONIBLE = strawberry.enum_value("INDISPONIBLE", description="Aucun appel récent n'a abouti.")
    EN_MAINTENANCE = strawberry.enum_value(
        "EN_MAINTENANCE", description="La source est dans une maintenance annoncée : elle n'est pas appelée."
    )
    INCONNUE = strawberry.enum_value("INCONNUE", description="Aucun appel récent : rien à en dire.")


@objet(name="Source", description="Une administration interrogée, et l'état de son service.")
class EtatDeSource:
    """A source and its state over the last minutes."""

    nom: str = champ("Nom stable de la source.")
    libelle: str = champ("Administration qui détient la donnée.")
    fournisseur: str = champ("Service interrogé.")
    bloc: str = champ("Type que la source remplit.")
    identifiants: list[str] = champ("Clés d'identité que la source comprend, par ordre de préférence.")
    disponibilite: Disponibilite = champ("Disponibilité d'après le trafic récent et les maintenances annoncées.")
    retablissement: datetime | None = champ("Fin de la maintenance en cours, s'il y en a une.")
    appels_recents: int = champ("Nombre d'appels des dix dernières minutes.")
    latence_mediane_ms: int | None = champ("Latence médiane de ces appels, en millisecondes.")


@objet(description="Ce qui concorde entre l'identité demandée et celle que la source a rendue ; nul : non comparable.")
class Concordance:
    """Which parts of the état civil asked about are those of the answer; None when a side does not say."""

    nom: bool | None = champ("Vrai si le nom de naissance ou d'usage concorde.")
    prenoms: bool | None = champ("Vrai si le premier prénom concorde.")
    date_naissance: bool | None = champ("Vrai si les parties connues de la date de naissance concordent.")


@objet(description="Ce qu'une source a répondu pour un bloc de la requête.")
class SourceConsultee:
    """The outcome of one bloc of the request."""

    chemin: str = champ("Chemin du bloc dans la réponse, clés séparées par des points.")
    source: str = champ("Nom de la source.")
    fournisseur: str = champ("Service interrogé.")
    etat: EtatSource = champ("État du bloc.")
    code: str | None = champ("Code de l'erreur portée par le bloc, s'il est nul.")
    duree_ms: int | None = champ("Durée de l'appel, en millisecondes ; nulle si rien n'a été appelé.")
    reessayer_dans_ms: int | None = champ("Délai conseillé avant un nouvel essai, en millisecondes.")
    concordance: Concordance | None = champ(
        "Comparaison des identités, si l'on a donné un état civil et que la source en rend un."
    )
