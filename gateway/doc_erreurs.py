"""Write docs/erreurs.md from the tree of errors: every code, its state or its HTTP status, its message, what to do."""

from collections.abc import Iterable, Iterator
from typing import Any

from graph import errors
from graph.errors import ErreurDeBloc, ErreurDeRequete, ErreurParticulier, EtatSource, toutes

#: What the developer who reads a code does next.
CONDUITE: dict[type[ErreurParticulier], str] = {
    errors.RequeteInvalide: "Corrigez l'endroit que `locations` désigne, ou le corps JSON.",
    errors.MethodeRefusee: "Envoyez un `POST` : une identité ne figure jamais dans une adresse.",
    errors.ReponseNonAcceptable: "Acceptez `application/graphql-response+json` ou `application/json`.",
    errors.TypeDeContenuRefuse: "Envoyez `Content-Type: application/json`, en UTF-8.",
    errors.ParametreInvalide: "Corrigez le paramètre que le message nomme : il en rappelle la règle, jamais la valeur.",
    errors.RequeteTropCouteuse: "Le message dit quelle limite est dépassée : demandez moins, ou en plusieurs requêtes.",
    errors.DestinataireInvalide: "Donnez un SIRET valide ; il est obligatoire si l'habilitation en couvre plusieurs.",
    errors.JetonInvalide: "Vérifiez que le jeton est entier, et qu'il est celui de cet environnement.",
    errors.JetonExpire: "Faites émettre un autre jeton pour la même habilitation.",
    errors.JetonRevoque: "Employez le jeton qui le remplace ; sinon, demandez pourquoi il a été révoqué.",
    errors.FranceConnectInvalide: (
        "Le jeton est échu, inconnu de FranceConnect, d'un niveau trop faible, ou obtenu par un autre service : "
        "refaites identifier l'usager par le vôtre. Ou il manque : `mesConsultations` et certaines habilitations ne se "
        "passent pas de lui. Si tous sont refusés, écrivez au support : l'habilitation n'est peut-être pas rattachée à "
        "votre service."
    ),
    errors.DestinataireNonCouvert: "Choisissez l'un des SIRET de `{ habilitation { destinataires } }`.",
    errors.AdresseNonAutorisee: "Appelez depuis une adresse déclarée.",
    errors.HabilitationInactive: (
        "Vérifiez les dates de l'habilitation, si elle a été suspendue, et si ses scopes vont ensemble."
    ),
    errors.RequeteTropGrosse: "Envoyez moins, ou en plusieurs requêtes.",
    errors.QuotaDepasse: "Attendez `Retry-After`, puis espacez les appels.",
    errors.JetonSuspendu: "N'insistez pas ; expliquez l'usage au support.",
    errors.ErreurInterne: "Réessayez une fois ; si l'erreur persiste, donnez `requestId` au support.",
    errors.AuditIndisponible: "Attendez `Retry-After` et réessayez : aucune donnée n'est rendue sans trace.",
    errors.Surcharge: "Attendez `Retry-After` et réessayez, de moins en moins souvent.",
    errors.NonHabilite: "Retirez le champ, ou demandez les `scopes` à l'adresse `demande`.",
    errors.DossierAbsent: "C'est une réponse : poursuivez sans ce bloc. Réessayer ne changerait rien.",
    errors.IdentiteNonReconnue: "Faites vérifier l'état civil ou l'identifiant par l'usager.",
    errors.NonEligible: "C'est une réponse : la source ne couvre pas cette personne.",
    errors.IdentiteAmbigue: (
        "Complétez l'identité : tous les prénoms, le lieu de naissance, le code COG plutôt que le nom de la commune."
    ),
    errors.IdentiteIncoherente: (
        "Vérifiez que les clés données sont celles d'une même personne ; `sources { concordance }` dit ce qui diffère."
    ),
    errors.DonneeNonFiable: "Demandez un justificatif, ou réessayez plus tard ; les autres champs du bloc sont bons.",
    errors.IdentifiantManquant: "Ajoutez à `identite` l'une des clés de `identifiants`.",
    errors.ParametreRefuseParLaSource: (
        "Vérifiez l'identité, dont la commune de naissance, et les arguments du bloc ; ne réessayez pas telle quelle."
    ),
    errors.SourceIndisponible: "Poursuivez avec les autres blocs ; réessayez celui-ci plus tard.",
    errors.SourceDelaiDepasse: "Réessayez plus tard, ou donnez plus de temps par `X-Delai-Max-Ms`.",
    errors.SourceReponseInvalide: "Réessayez plus tard ; si l'erreur persiste, donnez `requestId` au support.",
    errors.SourceQuota: "Attendez `retryAfterMs` s'il est donné, puis réessayez.",
    errors.SourceMaintenance: "Attendez `retryAfterMs` s'il est donné, puis réessayez.",
}

_TETE = """\
# Erreurs

<!-- Engendré par `make docs` depuis graph/errors.py et gateway/doc_erreurs.py : ne modifiez pas ce fichier. -->

Le **code** est stable : c'est lui qu'un programme lit. Le message est pour les personnes ; il est fixe pour chaque
code et ne porte jamais de valeur, ni de texte venu d'une source. Pour une requête refusée, une phrase de plus dit
quelle règle est enfreinte, sans valeur non plus.

Chaque entrée de `errors` porte dans `extensions` :

| champ | présent | sens |
|---|---|---|
| `code` | toujours | l'un des codes ci-dessous |
| `retryable` | toujours | vrai si la même requête peut réussir plus tard |
| `requestId` | toujours | identifiant de la requête, celui de l'en-tête `X-Request-Id` |
| `retryAfterMs` | parfois | délai conseillé avant un nouvel essai, en millisecondes |
| `etat` | un champ est nul | l'un des états ci-dessous |
| `source` | un champ est nul, sauf `NON_HABILITE` et `mesConsultations` | nom de la source |
| `scopes` | `NON_HABILITE` | scopes manquants, par ordre alphabétique |
| `demande` | `NON_HABILITE` | adresse où les demander |
| `identifiants` | `IDENTIFIANT_MANQUANT` | clés d'identité que la source comprend |

Quand plusieurs groupes de scopes ouvriraient un champ, `scopes` les cite tous ; un groupe suffit (voyez
`@requiresScopes` dans le schéma).

## Un champ est nul, la réponse est partielle

Le statut HTTP est 200. Un champ nul par notre fait a **exactement une** entrée dans `errors`, à son chemin (`path`) ;
le reste de la réponse est bon. Un champ nul sans entrée est nul chez l'administration.
"""
_REQUETE = """
## La requête entière est refusée

Il n'y a pas de `data`. Le refus d'un document ou de ses variables (`REQUETE_INVALIDE`, `PARAMETRE_INVALIDE`,
`REQUETE_TROP_COUTEUSE`) a le statut 200 pour qui accepte `application/json` sans accepter
`application/graphql-response+json`, comme le demande GraphQL over HTTP ; tout autre refus garde son statut.
"""


def render() -> str:
    """Return the whole page, in Markdown."""
    return _TETE + "".join(_etats()) + _REQUETE + "".join(_statuts())


def _etats() -> Iterator[str]:
    blocs = [classe for classe in toutes() if issubclass(classe, ErreurDeBloc)]
    for etat in EtatSource:
        lignes = [_ligne(classe) for classe in blocs if classe.etat is etat]
        if lignes:
            yield f"\n### État `{etat.name}`\n\n{_definition(etat)}\n\n{_tableau(lignes)}"


def _definition(etat: EtatSource) -> str:
    """Return the sentence that describes a state in the schema."""
    declaration: Any = vars(EtatSource)["__strawberry_definition__"]
    return next(str(valeur.description) for valeur in declaration.values if valeur.name == etat.name)


def _statuts() -> Iterator[str]:
    requetes = [classe for classe in toutes() if issubclass(classe, ErreurDeRequete)]
    for status in sorted({classe.status for classe in requetes}):
        lignes = [_ligne(classe) for classe in requetes if classe.status == status]
        yield f"\n### HTTP {status}\n\n{_tableau(lignes)}"


def _tableau(lignes: Iterable[str]) -> str:
    return "| code | message | que faire |\n|---|---|---|\n" + "".join(lignes)


def _ligne(classe: type[ErreurParticulier]) -> str:
    return f"| `{classe.code}` | {classe.message} | {CONDUITE[classe]} |\n"
