"""What a citizen sees of who consulted her data: when, for what, on which legal ground, which fields; never a value."""

from datetime import datetime
from enum import Enum

import strawberry

from graph._declaration import champ, objet

#: What a portal must be granted to show citizens their own journal. It is ours: FranceConnect asks no consent to it.
SCOPE = "mes_consultations"


@strawberry.enum(description="Sûreté avec laquelle un accès concerne la personne.")
class Rattachement(Enum):
    """Whether a homonym is excluded."""

    CERTAIN = strawberry.enum_value(
        "CERTAIN",
        description="L'accès concerne la personne : son identité entière, ou un fait que ses homonymes n'ont pas ; "
        "ou encore son état civil et l'INE qu'elle donne.",
    )
    PROBABLE = strawberry.enum_value(
        "PROBABLE",
        description="L'état civil est le sien, mais rien n'exclut un homonyme né le même jour : le contenu est retenu.",
    )


@strawberry.enum(description="Ce qu'il est advenu d'un accès.")
class IssueConsultation(Enum):
    """What came of an access."""

    RENDUE = strawberry.enum_value("RENDUE", description="La réponse a été rendue à l'administration.")
    EN_COURS = strawberry.enum_value("EN_COURS", description="L'issue de l'accès n'est pas encore enregistrée.")
    ABANDONNEE = strawberry.enum_value(
        "ABANDONNEE", description="L'administration est partie avant la réponse : rien ne lui a été rendu."
    )
    REFUSEE = strawberry.enum_value(
        "REFUSEE", description="La requête entière a échoué : rien n'a été rendu à l'administration."
    )
    INTERROMPUE = strawberry.enum_value(
        "INTERROMPUE", description="La passerelle s'est arrêtée avant de répondre : rien n'a été rendu."
    )


@objet(description="Une source interrogée lors d'un accès, et ce qu'elle a répondu.")
class SourceInterrogee:
    """A source, and its outcome."""

    source: str = champ("Nom stable de la source.")
    fournisseur: str | None = champ("Service interrogé ; nul s'il n'est plus servi.")
    code: str = champ("OBTENU, ou le code de l'erreur portée par le bloc.")


@objet(description="Ce qu'un accès demandait, et ce qui en a été rendu : des noms de champs, jamais leurs valeurs.")
class ContenuDeConsultation:
    """What was asked and disclosed."""

    demarche: str | None = champ("Démarche, dans les mots de l'administration (X-Demarche).")
    champs: list[str] = champ("Champs rendus à l'administration, par leur chemin dans le schéma.")
    champs_demandes: list[str] = champ("Champs demandés auxquels elle avait droit, rendus ou non.")
    sources: list[SourceInterrogee] | None = champ("Sources interrogées.", scope=SCOPE)
    issue: IssueConsultation = champ("Ce qu'il en est advenu.")


@objet(description="Un accès aux données de la personne, ou à ce journal.")
class Consultation:
    """One access."""

    reference: str = champ("Référence de l'accès, à citer à l'administration.")
    instant: datetime = champ("Quand.")
    destinataire: str = champ("SIRET de l'administration qui utilise les données.")
    habilitation: str | None = champ("Intitulé de l'habilitation employée ; nul si elle n'est plus enregistrée.")
    cadre_juridique: str = champ("Texte qui fonde l'accès.")
    rattachement: Rattachement = champ("Sûreté avec laquelle l'accès concerne la personne.")
    contenu: ContenuDeConsultation | None = champ(
        "Ce qui a été demandé et rendu ; nul si l'accès n'est que PROBABLE.", scope=SCOPE
    )


@objet(description="Un accès, à sa place dans la liste.")
class ConsultationEdge:
    """An access and its cursor."""

    node: Consultation = champ("L'accès.")
    cursor: str = champ("Curseur opaque, à donner à « apres » pour la suite.")


@objet(description="Place d'une page dans la liste.")
class PageInfo:
    """Where a page stands."""

    has_next_page: bool = champ("Faux si rien ne suit ; vrai s'il faut demander la suite, qui peut être vide.")
    has_previous_page: bool = champ("Vrai si la page ne commence pas la liste.")
    start_cursor: str | None = champ("Curseur du premier accès de la page ; nul si elle est vide.")
    end_cursor: str | None = champ("Curseur à donner à « apres » pour la page suivante.")


@objet(description="Les accès aux données de la personne, du plus récent au plus ancien.")
class ConsultationsConnection:
    """A page of a citizen's journal."""

    # NOTE: guarded again, as every list of objects: its type names alone would be answered without a reading.
    edges: list[ConsultationEdge] | None = champ("Les accès de la page.", scope=SCOPE)
    page_info: PageInfo = champ("Place de la page dans la liste.")
    depuis: datetime | None = champ(
        "Instant depuis lequel tous les accès sont retrouvés ; ceux d'avant peuvent ne plus l'être. "
        "Nul si aucun ne manque."
    )
