"""The ministry of education's schooling API, played from personas: the same checks in the same order and words."""

import re
from http import HTTPStatus
from typing import Literal

import msgspec

from providers._personas import Persona, Personas
from providers._simulateur import Guichet, comparable, entete, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.men_scolarite.adapter import CHEMIN, CHEMIN_PERIMETRE, SCOPE, SEXES
from providers.men_scolarite.messages import Recherche
from providers.men_scolarite.vues import Annee, Vue, identification, rendre

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
            {"identification": identification(persona, None, rentree), "info-scolarite": {"est-scolarise": False}}
        )
    if vue.absent:
        return _introuvable(vue.absent)
    return _texte(rendre(persona, vue.annees[rentree], rentree)) if vue.annees else _introuvable("eleve")


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


def _texte(corps: object) -> UpstreamResponse:
    """Answer JSON under the type of a plain text, as the ministry was seen doing."""
    return UpstreamResponse(200, (("content-type", "text/plain;charset=UTF-8"),), msgspec.json.encode(corps))


def _introuvable(absent: Literal["eleve", "perimetre"]) -> UpstreamResponse:
    return _probleme(404, *_ABSENTS[absent])


def _probleme(status: int, mot: str, title: str, detail: str) -> UpstreamResponse:
    corps = {"type": "about:blank", "title": title, "detail": detail, "instance": CHEMIN, "status": mot}
    return repondre(status, corps | {"date-time": "2026-01-01T00:00:00"})
