"""Every way to say no: the tree of errors, with the stable code, the French message and what each one means.

ErreurParticulier
├── ErreurDeRequete            the whole request is refused: no data, an HTTP status of its own
│   ├── RequeteInvalide  ParametreInvalide  RequeteTropCouteuse  DestinataireInvalide            400
│   ├── JetonInvalide  JetonExpire  JetonRevoque  FranceConnectInvalide                          401
│   ├── DestinataireNonCouvert  AdresseNonAutorisee  HabilitationInactive                        403
│   ├── MethodeRefusee  ReponseNonAcceptable  RequeteTropGrosse  TypeDeContenuRefuse             405 406 413 415
│   ├── QuotaDepasse  JetonSuspendu                                                              429
│   ├── ErreurInterne                                                                            500
│   └── AuditIndisponible  Surcharge                                                             503
└── ErreurDeBloc               one field is null: exactly one entry in `errors`, at its path
    ├── NonHabilite                                                                              NON_HABILITE
    ├── Absent: DossierAbsent  IdentiteNonReconnue  NonEligible                                  ABSENT
    ├── Inconnu: IdentiteAmbigue  IdentiteIncoherente  DonneeNonFiable
    │            IdentifiantManquant  ParametreRefuseParLaSource                                 INCONNU
    └── Indisponible: SourceIndisponible  SourceDelaiDepasse  SourceReponseInvalide
                      SourceQuota  SourceMaintenance                                             INDISPONIBLE

A message is fixed per code and never holds a value. `cause` is for the audit and the metrics alone.
"""

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

import strawberry

if TYPE_CHECKING:
    from graph.source import Concordance


@strawberry.enum(description="Ce que l'on sait d'un bloc après la requête.")
class EtatSource(Enum):
    """The five states of a bloc: a null is never ambiguous."""

    OBTENU = strawberry.enum_value("OBTENU", description="La source a répondu et la donnée est rendue.")
    ABSENT = strawberry.enum_value("ABSENT", description="L'administration répond qu'elle n'a rien sur cette personne.")
    NON_HABILITE = strawberry.enum_value(
        "NON_HABILITE",
        description="L'habilitation ne donne pas droit à cette donnée ; rien n'a été demandé, "
        "sauf l'année N-1 quand N-2 n'est accordée qu'à son défaut.",
    )
    INCONNU = strawberry.enum_value(
        "INCONNU", description="La source ne peut pas (encore) répondre, ou il ne faut pas deviner."
    )
    INDISPONIBLE = strawberry.enum_value("INDISPONIBLE", description="La source n'a pas pu être interrogée.")


class ErreurParticulier(Exception):  # noqa: N818 - the domain's nouns are French, as everywhere in graph/
    """Anything the caller is told went wrong."""

    code: ClassVar[str]
    message: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, *, retry_after_ms: int | None = None, cause: str | None = None) -> None:
        super().__init__(self.code)
        self.retry_after_ms = retry_after_ms
        self.cause = cause


# --- The whole request is refused -------------------------------------------------------------------------------------


class ErreurDeRequete(ErreurParticulier):
    """The whole request is refused with an HTTP status; `detail` says which part, and never holds a value."""

    status: ClassVar[int]

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after_ms: int | None = None,
        cause: str | None = None,
        lignes: tuple[tuple[int, int], ...] = (),
    ) -> None:
        super().__init__(retry_after_ms=retry_after_ms, cause=cause)
        self.detail = detail
        #: (line, column) pairs of the document, 1-based.
        self.lignes = lignes


class RequeteInvalide(ErreurDeRequete):
    """The body or the document cannot be understood."""

    code, status = "REQUETE_INVALIDE", 400
    message = "La requête n'est pas valide : corrigez-la d'après le schéma (/schema.graphql)."


class MethodeRefusee(RequeteInvalide):
    """GET or another method: an identity must never be in a URL."""

    status = 405


class ReponseNonAcceptable(RequeteInvalide):
    """The `Accept` header names no type that we can answer."""

    status = 406


class TypeDeContenuRefuse(RequeteInvalide):
    """The body is not application/json in UTF-8."""

    status = 415


class ParametreInvalide(ErreurDeRequete):
    """A variable or an argument breaks its rule."""

    code, status = "PARAMETRE_INVALIDE", 400
    message = "Un paramètre n'est pas valide."


class RequeteTropCouteuse(ErreurDeRequete):
    """The document is over one of the limits of cost."""

    code, status = "REQUETE_TROP_COUTEUSE", 400
    message = "La requête dépasse les limites de coût : demandez moins de champs, ou découpez-la."


class DestinataireInvalide(ErreurDeRequete):
    """The recipient is not a SIRET."""

    code, status = "DESTINATAIRE_INVALIDE", 400
    message = (
        "L'en-tête X-Destinataire doit porter le SIRET (14 chiffres) de l'administration qui utilisera les données."
    )


class JetonInvalide(ErreurDeRequete):
    """No token, or one that was never issued."""

    code, status = "JETON_INVALIDE", 401
    message = "Le jeton est absent ou inconnu : envoyez l'en-tête « Authorization: Bearer apg_… »."


class JetonExpire(ErreurDeRequete):
    """The token is past its end."""

    code, status = "JETON_EXPIRE", 401
    message = "Le jeton a expiré : demandez son renouvellement."


class JetonRevoque(ErreurDeRequete):
    """The token was withdrawn."""

    code, status = "JETON_REVOQUE", 401
    message = "Le jeton a été révoqué : utilisez celui qui le remplace, ou demandez-en un autre."


class FranceConnectInvalide(ErreurDeRequete):
    """The FranceConnect token is not accepted."""

    code, status = "FRANCECONNECT_INVALIDE", 401
    message = "Le jeton FranceConnect n'est pas accepté : recommencez l'identification de l'usager."


class DestinataireNonCouvert(ErreurDeRequete):
    """The recipient is not one of the habilitation's."""

    code, status = "DESTINATAIRE_NON_COUVERT", 403
    message = "Ce destinataire n'est pas couvert par l'habilitation : voyez Query.habilitation.destinataires."


class AdresseNonAutorisee(ErreurDeRequete):
    """The caller's IP address is outside the ranges of the habilitation."""

    code, status = "ADRESSE_NON_AUTORISEE", 403
    message = "L'adresse IP de l'appelant n'est pas autorisée pour ce jeton : appelez depuis une adresse déclarée."


class HabilitationInactive(ErreurDeRequete):
    """The habilitation has not begun, is over, or is suspended."""

    code, status = "HABILITATION_INACTIVE", 403
    message = "L'habilitation n'est pas active (pas commencée, terminée ou suspendue) : voyez-le avec qui l'a accordée."


class RequeteTropGrosse(ErreurDeRequete):
    """The body is over the limit."""

    code, status = "REQUETE_TROP_GROSSE", 413
    message = "Le corps de la requête dépasse 64 Kio : demandez moins de champs ou de personnes à la fois."


class QuotaDepasse(ErreurDeRequete):
    """Too many calls."""

    code, status, retryable = "QUOTA_DEPASSE", 429, True
    message = "Le quota de l'habilitation est dépassé : attendez le délai indiqué par Retry-After."


class JetonSuspendu(ErreurDeRequete):
    """The token consulted more persons than was declared."""

    code, status = "JETON_SUSPENDU", 429
    message = "Le jeton est suspendu après un usage anormal : écrivez au support."


class ErreurInterne(ErreurDeRequete):
    """A fault of ours; nothing was answered."""

    code, status, retryable = "ERREUR_INTERNE", 500, True
    message = "Une erreur interne est survenue : réessayez, puis écrivez au support avec le requestId."


class AuditIndisponible(ErreurDeRequete):
    """The trace could not be made durable, so nothing was asked or nothing leaves."""

    code, status, retryable = "AUDIT_INDISPONIBLE", 503, True
    message = "La trace de l'accès n'a pas pu être enregistrée : rien n'est rendu. Réessayez dans un instant."


class Surcharge(ErreurDeRequete):
    """The gateway refuses early rather than answer late."""

    code, status, retryable = "SURCHARGE", 503, True
    message = "La passerelle est surchargée : réessayez après le délai indiqué par Retry-After."


# --- One field is null ------------------------------------------------------------------------------------------------


class ErreurDeBloc(ErreurParticulier):
    """One bloc (or one refused field) is null."""

    etat: ClassVar[EtatSource]

    #: Whether the source was called; False when it was known beforehand that it could not answer.
    appelee = True


class NonHabilite(ErreurDeBloc):
    """The habilitation lacks scopes for this field: nothing was asked, or what was asked did not open it."""

    code, etat = "NON_HABILITE", EtatSource.NON_HABILITE
    message = "L'habilitation ne donne pas droit à cette donnée : demandez les scopes manquants."

    def __init__(self, scopes: frozenset[str]) -> None:
        super().__init__()
        self.scopes = scopes


class Absent(ErreurDeBloc):
    """The administration answers that it has nothing."""

    etat = EtatSource.ABSENT


class DossierAbsent(Absent):
    """The person is known, and has no file there."""

    code = "DOSSIER_ABSENT"
    message = "L'administration n'a pas de dossier pour cette personne."


class IdentiteNonReconnue(Absent):
    """Nobody answers to this identity."""

    code = "IDENTITE_NON_RECONNUE"
    message = "L'administration ne reconnaît pas cette identité : vérifiez l'état civil ou l'identifiant."


class NonEligible(Absent):
    """The person is outside what the source covers."""

    code = "NON_ELIGIBLE"
    message = "La personne n'entre pas dans le champ de cette source : c'est une réponse, ne réessayez pas."


class Inconnu(ErreurDeBloc):
    """The source cannot tell (yet), or we must not guess."""

    etat = EtatSource.INCONNU


class IdentiteAmbigue(Inconnu):
    """Several persons answer to this identity."""

    code = "IDENTITE_AMBIGUE"
    message = "Plusieurs personnes ou communes répondent à cette identité : précisez le lieu de naissance, les prénoms."


class IdentiteIncoherente(Inconnu):
    """The source answered about somebody else."""

    code = "IDENTITE_INCOHERENTE"
    message = "La réponse de la source ne correspond pas à l'identité demandée et est retenue : vérifiez l'état civil."

    def __init__(self, concordance: "Concordance | None" = None, *, cause: str | None = None) -> None:
        super().__init__(cause=cause)
        self.concordance = concordance


class DonneeNonFiable(Inconnu):
    """The source says something that is not yet true."""

    code = "DONNEE_NON_FIABLE"
    message = "La source ne garantit pas encore cette donnée : réessayez plus tard ou demandez un justificatif."


class IdentifiantManquant(Inconnu):
    """None of the keys given is understood by the source."""

    code = "IDENTIFIANT_MANQUANT"
    message = "Aucune clé d'identité fournie ne convient à cette source : donnez l'une de extensions.identifiants."

    def __init__(self, identifiants: tuple[str, ...]) -> None:
        super().__init__()
        self.identifiants = identifiants


class ParametreRefuseParLaSource(Inconnu):
    """The source refuses a parameter that passed our rules."""

    code = "PARAMETRE_REFUSE_PAR_LA_SOURCE"
    message = "La source refuse un paramètre de la demande : vérifiez l'identité et les arguments du bloc."


class Indisponible(ErreurDeBloc):
    """The source could not be asked, or answered nothing usable."""

    etat, retryable = EtatSource.INDISPONIBLE, True


class SourceIndisponible(Indisponible):
    """The source cannot be reached, or answers that it is down."""

    code = "SOURCE_INDISPONIBLE"
    message = "La source est indisponible : réessayez plus tard."


class SourceDelaiDepasse(Indisponible):
    """The source did not answer within the deadline."""

    code = "SOURCE_DELAI_DEPASSE"
    message = "La source n'a pas répondu à temps : réessayez plus tard."


class SourceReponseInvalide(Indisponible):
    """The answer of the source is not the agreed one."""

    code = "SOURCE_REPONSE_INVALIDE"
    message = "La réponse de la source n'est pas exploitable : réessayez plus tard."


class SourceQuota(Indisponible):
    """The source asks us to slow down."""

    code = "SOURCE_QUOTA"
    message = "La source limite le nombre d'appels : réessayez après le délai indiqué."


class SourceMaintenance(Indisponible):
    """The source is in a planned maintenance window."""

    code = "SOURCE_MAINTENANCE"
    message = "La source est en maintenance programmée : réessayez après le délai indiqué."


def toutes() -> list[type[ErreurParticulier]]:
    """Return every error that has a code, in the order of this file."""

    def feuilles(classe: type[ErreurParticulier]) -> list[type[ErreurParticulier]]:
        propres = [classe] if "message" in vars(classe) or "status" in vars(classe) else []
        return propres + [f for sous_classe in classe.__subclasses__() for f in feuilles(sous_classe)]

    return [classe for classe in feuilles(ErreurParticulier) if hasattr(classe, "code")]
