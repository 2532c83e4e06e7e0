"""What callers see of a question that is judged without being put: what it would be granted, and what it would cost."""

# NOTE: one of the fields below is called `champ`.
from graph._declaration import champ as un_champ
from graph._declaration import objet
from graph.source import Disponibilite


@objet(description="Un champ d'une requête expliquée, et ce qu'il en adviendrait.")
class ChampExplique:
    """A leaf of the question, or an object of which nothing but its name is asked."""

    chemin: str = un_champ("Chemin du champ dans la réponse, clés séparées par des points, sans le rang des listes.")
    champ: str = un_champ("Chemin du champ dans le schéma, à partir du bloc.")
    accorde: bool = un_champ("Vrai si l'habilitation donne droit au champ.")
    scopes_manquants: list[str] = un_champ("Scopes qui manquent à l'habilitation, par ordre alphabétique.")
    demande: str | None = un_champ("Adresse où demander les scopes manquants, s'il y en a.")
    source: str | None = un_champ("Nom de la source du bloc ; nul hors des blocs.")
    disponibilite: Disponibilite | None = un_champ("Disponibilité présente de cette source.")
    latence_mediane_ms: int | None = un_champ("Latence médiane de ses appels récents, en millisecondes.")


@objet(description="Ce qu'il adviendrait d'une requête : elle n'est pas posée, aucune source n'est appelée.")
class Explication:
    """A question judged: refused as a whole, with its code, or accepted, with what becomes of each field."""

    acceptee: bool = un_champ("Vrai si la passerelle accepterait la requête, quitte à en refuser des champs.")
    code: str | None = un_champ("Code de l'erreur, si la requête entière serait refusée.")
    message: str | None = un_champ("Message de cette erreur.")
    appels: int = un_champ("Nombre d'appels de source, au plus, toutes personnes comprises.")
    personnes: int = un_champ("Nombre de personnes désignées, ou à désigner par les variables qui manquent.")
    champs: list[ChampExplique] = un_champ("Champs demandés, dans l'ordre de la requête.")
