"""The ministry of education's schooling API, played from personas: the same checks in the same order and words."""

import re
from http import HTTPStatus
from typing import Any, Literal

import msgspec

from providers._personas import Persona, Personas
from providers._simulateur import Guichet, comparable, entete, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.men_scolarite.adapter import CHEMIN, CHEMIN_PERIMETRE, SCOPE, SEXES
from providers.men_scolarite.messages import Etablissement, InfoBourse, InfoScolarite, Recherche, Statut

NOM = "men_scolarite"
GUICHET = Guichet(NOM, path="/auth/realms/omogen/protocol/openid-connect/token")
_METHODES = {CHEMIN: "GET", CHEMIN_PERIMETRE: "POST"}
_SIRET = re.compile(r"\d{14}", re.ASCII)
_UAI = re.compile(r"\d{7}[A-Z]", re.ASCII)
_ANNEE = re.compile(r"(\d{4})(-\d{4})?", re.ASCII)
_ABSENTS = {
    "eleve": ("NOT_FOUND", "Elève non trouvé", "Aucun élève ne correspond aux critères de recherche"),
    "perimetre": ("FORBIDDEN", "Accès interdit", "Postbac hors périmètre"),
}


class StatutDeclare(Statut, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A status as a persona holds it: a word that the source would not say is refused."""


class BourseDeclaree(InfoBourse, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """A grant as a persona holds it, equally strict."""


class Annee(InfoScolarite, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """A school year as a persona holds it: the school, what is taught there, the grant."""

    code_uai: str
    ministere_tutelle: str | None = "06"
    degre: Literal["1D", "2D"] = "2D"
    departement: str
    """Codes of the BCN."""
    region: str
    est_scolarise: bool = True
    statut_eleve: StatutDeclare = StatutDeclare(code="ST", libelle="SCOLAIRE")
    info_bourse: BourseDeclaree | None = None


class Vue(msgspec.Struct, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """What the ministry holds on a persona, in its own words (see `messages`). Keys are in kebab case in the YAML.

    The identity answered is the persona's own. School years are named by the one in which they begin::

        annees:
          "{R}":
            code-uai: 0132733A
            departement: "013"
            region: "18"
            code-mef-stat: "211324099991"
            libelle-long-mef: 1CAP1 STAFFEUR ORNEMANISTE
            code-regime: "2"
            info-bourse: {est-boursier: true, niveau-bourse: 1}

    A pupil who goes to no school (200, `est-scolarise: false`): `absent: scolarite`. One whom the ministry may not
    answer about: `absent: perimetre`. One whom nobody knows, as a persona without a view: `absent: eleve`. A failure
    of the source: `erreur: 429` (or 500, 502, 503, 504).
    """

    annees: dict[str, Annee] = {}
    absent: Literal["scolarite", "perimetre", "eleve"] | None = None
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


class _Question(msgspec.Struct, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """The parameters of a search in a school."""

    nom: str
    prenom: str
    sexe: Literal["1", "2"]
    date_naissance: str
    annee_scolaire: str
    scope: str
    code_uai: str


class _Corps(Recherche, frozen=True, rename="kebab", kw_only=True, forbid_unknown_fields=True):
    """The body of a search by perimeter, whose every other word is refused."""


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the pupil who bears an état civil in a school (GET) or in a perimeter (POST)."""
    if GUICHET.ouvre(call):
        return GUICHET.emettre(call, personas.aujourdhui)
    if not GUICHET.reconnait(call, personas.aujourdhui):
        return repondre(401, {"message": "Unauthorized", "http_status_code": 401})
    if call.path not in _METHODES:
        return repondre(404, {"message": "No context-path matches the request URI.", "http_status_code": 404})
    if call.method != _METHODES[call.path]:
        return repondre(
            405, {"message": "Method not allowed", "http_status_code": 405}, (("allow", _METHODES[call.path]),)
        )
    question = _question(call)
    if not _SIRET.fullmatch(entete(call, "x-siret-partenaire") or "") or question is None:
        return _probleme(400, "BAD_REQUEST", "Requête incorrecte", "Un paramètre est absent ou incorrect")
    return _eleve(question, personas)


def _question(call: UpstreamRequest) -> _Question | _Corps | None:
    """Return a search, whichever way it came; None when it is out of form."""
    try:
        question = (
            msgspec.convert(dict(call.params), _Question)
            if call.method == "GET"
            else msgspec.json.decode(call.body, type=_Corps)
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    conforme = _ANNEE.fullmatch(question.annee_scolaire) and set(question.scope.split(",")) <= set(SCOPE.split(","))
    uai = question.code_uai if isinstance(question, _Question) else None
    return question if conforme and (uai is None or _UAI.fullmatch(uai)) else None


def _eleve(question: _Question | _Corps, personas: Personas) -> UpstreamResponse:
    """Answer one pupil; homonyms that nothing tells apart are as unknown as nobody."""
    vues = [(une, vue) for une in personas.trouver(lambda une: _concorde(question, une)) if (vue := une.vue(NOM, Vue))]
    rentree = question.annee_scolaire[:4]
    trouves = [(une, vue) for une, vue in vues if not vue.annees or _dans(question, vue.annees.get(rentree))]
    if len(trouves) != 1:
        return _introuvable("eleve")
    persona, vue = trouves[0]
    if vue.erreur:
        return _probleme(vue.erreur, HTTPStatus(vue.erreur).name, "Erreur technique", "Service indisponible")
    if vue.absent == "scolarite":
        return _texte(
            {"identification": _identification(persona, None, rentree), "info-scolarite": {"est-scolarise": False}}
        )
    if vue.absent:
        return _introuvable(vue.absent)
    return _texte(_rendu(persona, vue.annees[rentree], rentree)) if vue.annees else _introuvable("eleve")


def _concorde(question: _Question | _Corps, persona: Persona) -> bool:
    """Compare names without case or accents."""
    pivot = persona.pivot
    return (
        comparable(question.nom) == comparable(pivot.nom_naissance)
        and comparable(question.prenom) == comparable(pivot.prenoms[0])
        and question.date_naissance == str(pivot.naissance)
        and pivot.sexe is not None
        and str(question.sexe) == str(SEXES[pivot.sexe])
    )


def _dans(question: _Question | _Corps, annee: Annee | None) -> bool:
    """Tell whether a school year took place where it is looked for."""
    if annee is None:
        return False
    if isinstance(question, _Question):
        return annee.code_uai == question.code_uai
    lieu = annee.departement if question.type_perimetre == "departement" else annee.region
    return annee.degre == question.degre_etablissement and lieu in question.valeurs_perimetre


def _rendu(persona: Persona, annee: Annee, rentree: str) -> dict[str, Any]:
    """Write the whole resource: a caller must stand what it does not read."""
    ecole = Etablissement(code_uai=annee.code_uai, ministere_tutelle=annee.ministere_tutelle)
    info = {"est-scolarise", "code-mef-stat", "libelle-long-mef", "code-regime", "statut-eleve"}
    ecrite = msgspec.to_builtins(annee)
    bourse = {"info-bourse": ecrite["info-bourse"]} if annee.info_bourse else {}
    return {
        "identification": _identification(persona, ecole, rentree),
        "info-scolarite": {cle: valeur for cle, valeur in ecrite.items() if cle in info},
        **bourse,
    }


def _identification(persona: Persona, ecole: Etablissement | None, rentree: str) -> dict[str, Any]:
    pivot = persona.pivot
    prenoms = {f"prenom{rang}": prenom for rang, prenom in enumerate(pivot.prenoms[1:3], start=2)}
    return {
        "nom": pivot.nom_naissance,
        "prenom": pivot.prenoms[0],
        **prenoms,
        "sexe": SEXES[pivot.sexe] if pivot.sexe else None,
        "date-naissance": str(pivot.naissance),
        "etablissement": msgspec.to_builtins(ecole) if ecole else None,
        "annee-scolaire": rentree,
    }


def _texte(corps: object) -> UpstreamResponse:
    """Answer JSON under the type of a plain text, as the ministry was seen doing."""
    return UpstreamResponse(200, (("content-type", "text/plain;charset=UTF-8"),), msgspec.json.encode(corps))


def _introuvable(absent: Literal["eleve", "perimetre"]) -> UpstreamResponse:
    return _probleme(404, *_ABSENTS[absent])


def _probleme(status: int, mot: str, title: str, detail: str) -> UpstreamResponse:
    corps = {"type": "about:blank", "title": title, "detail": detail, "instance": CHEMIN, "status": mot}
    return repondre(status, corps | {"date-time": "2026-01-01T00:00:00"})
