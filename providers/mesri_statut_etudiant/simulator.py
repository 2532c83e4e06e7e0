"""The MESRI's student status API, played from personas: the same checks in the same order, the same words."""

import re
import uuid
from typing import Literal

import msgspec

from graph.identite import IdentitePivot
from providers._personas import Persona, Personas
from providers._simulateur import comparable, entete, parametre, reglage, repondre
from providers._source import Paires, UpstreamRequest, UpstreamResponse
from providers.mesri_statut_etudiant.adapter import (
    CHEMIN,
    CLE,
    ETUDIANT_INTROUVABLE,
    INSCRIPTION_INTROUVABLE,
    SEXES,
    reglage_cle,
)
from providers.mesri_statut_etudiant.messages import Etablissement, Etudiant, Inscription, Recherche

NOM = "mesri_statut_etudiant"
_INE = re.compile("[0-9A-Z]{11}", re.IGNORECASE)
_APPELANT = re.compile(r"DINUM - \S.*")


class EtablissementDeclare(Etablissement, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A school as a persona holds it: a word that the source would not say is refused."""


class InscriptionDeclaree(Inscription, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An enrolment as a persona holds it, equally strict."""

    etablissement: EtablissementDeclare | None


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the MESRI holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    The identity answered is the persona's own (pivot and INE). Dates follow the school year that began in `{R}`::

        inscriptions:
          - dateDebutInscription: "{R}-09-01"
            dateFinInscription: "{R+1}-08-31"
            statut: inscrit
            codeCommune: "75113"
            etablissement: {uai: "0751967F", nomEtablissement: "UFR ECONOMIE UNIVERSITE PARIS 1 (75634)"}
            regime: formation initiale

    A student without any enrolment (404 "inscription introuvable"): `absent: inscription`. A failure of the source:
    `erreur: 429` (or 500, 502, 503, 504). A persona without a view is not a student (404 "étudiant introuvable").
    """

    inscriptions: list[InscriptionDeclaree] = []
    absent: Literal["inscription"] | None = None
    """A student who has no enrolment."""
    ine_rendu: str | None = None
    """The INE of the answer when it is not the persona's own, as after two files were merged."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


class _Corps(Recherche, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The body of a search, whose every other word is refused."""


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Answer the one student who bears an INE (GET), or an état civil (POST)."""
    refus = _appel_refuse(call)
    if refus:
        return refus
    if call.method == "GET":
        return _par_ine(call, personas)
    return _par_etat_civil(call, personas)


def _appel_refuse(call: UpstreamRequest) -> UpstreamResponse | None:
    if call.path != CHEMIN:
        return _refuser(404, "ressource inconnue")
    if call.method not in ("GET", "POST"):
        return _refuser(405, "méthode non autorisée", (("allow", "GET, POST"),))
    return _cle_refusee(call) or _entetes_refuses(call)


def _cle_refusee(call: UpstreamRequest) -> UpstreamResponse | None:
    cle = entete(call, CLE)
    if not cle:
        return _refuser(401, "clé d'API absente")
    if cle != reglage(NOM, reglage_cle(call)):
        return _refuser(403, "clé d'API sans droit sur cette méthode")
    return None


def _entetes_refuses(call: UpstreamRequest) -> UpstreamResponse | None:
    if not _APPELANT.fullmatch(entete(call, "x-caller") or ""):
        return _refuser(400, "X-Caller absent ou incorrect")
    if (entete(call, "content-type") or "").partition(";")[0].strip() != "application/json":
        return _refuser(415, "type de contenu non pris en charge")
    return None


def _par_ine(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    ine = parametre(call, "INE") or ""
    if not _INE.fullmatch(ine):
        return _refuser(400, "INE absent ou incorrect")
    return _etudiant(call, personas.trouver(lambda persona: (persona.ine or "").upper() == ine.upper()))


def _par_etat_civil(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    try:
        recherche = msgspec.json.decode(call.body, type=_Corps)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _refuser(400, "corps de la recherche incorrect")
    return _etudiant(call, personas.trouver(lambda persona: _concorde(recherche, persona.pivot)))


def _concorde(recherche: Recherche, pivot: IdentitePivot) -> bool:
    """Compare names without case or accents; the commune only when both sides know it."""
    return (
        comparable(recherche.nom_famille) == comparable(pivot.nom_naissance)
        and comparable(recherche.prenom1) == comparable(pivot.prenoms[0])
        and recherche.date_naissance.isoformat() == str(pivot.naissance)
        and pivot.sexe is not None
        and recherche.sexe == SEXES[pivot.sexe]
        and (not (recherche.lieu_naissance and pivot.code_commune) or recherche.lieu_naissance == pivot.code_commune)
    )


def _etudiant(call: UpstreamRequest, trouves: list[Persona]) -> UpstreamResponse:
    """Answer one student; homonyms that nothing tells apart are as unknown as nobody."""
    persona = trouves[0] if len(trouves) == 1 else None
    vue = persona.vue(NOM, Vue) if persona else None
    if persona is None or vue is None:
        return _introuvable(call, ETUDIANT_INTROUVABLE)
    if vue.erreur:
        return _refuser(vue.erreur, "service momentanément indisponible")
    if vue.absent or not vue.inscriptions:
        return _introuvable(call, INSCRIPTION_INTROUVABLE)
    etudiant = Etudiant(
        ine=vue.ine_rendu or persona.ine,
        nom_famille=persona.pivot.nom_naissance,
        prenom=persona.pivot.prenoms[0],
        date_naissance=str(persona.pivot.naissance),
        inscriptions=list(vue.inscriptions),
    )
    return repondre(200, etudiant)


def _introuvable(call: UpstreamRequest, message: str) -> UpstreamResponse:
    parametre_lu = "INE" if call.method == "GET" else "identite"
    uid = uuid.uuid5(uuid.NAMESPACE_OID, f"{call.method} {message}")
    details = {"method": call.method, "endpoint": "etudiant", "parameter": parametre_lu}
    return repondre(404, {"message": message, "uid": str(uid), "details": details})


def _refuser(status: int, message: str, headers: Paires = ()) -> UpstreamResponse:
    return repondre(status, {"message": message}, headers)
