"""What the simulators behind API-SECU share: the gateway's control of a request, and the SNGI that finds a person."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import SequenceMatcher

from graph.identite import FRANCE, IdentitePivot
from providers._api_secu import REGIME, Caisse, Refus
from providers._noms import nom_compare
from providers._personas import Persona, Personas
from providers._simulateur import Guichet, entete, repondre
from providers._source import UpstreamRequest, UpstreamResponse

Parametres = Mapping[str, str]
_NOM = re.compile("[A-Za-z' -]+")
_DATE = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])", re.ASCII)
_PAYS = re.compile(r"99\d{3}|92352", re.ASCII)
_DEPARTEMENT = re.compile(r"\d{2,3}|2[AB]", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SIRET = re.compile(r"\d{14}", re.ASCII)
#: How alike two first names are when one is the other misspelt, or written as it sounds: Gérôme, Jérôme.
_RESSEMBLANCE = 0.75


def _lieu_donne(q: Parametres) -> bool:
    """In France, a commune by its code, or by its name with the département and the year."""
    triplet = "villeNaissance" in q and "depNaissance" in q and not q["dateNaissance"].startswith("0000")
    return q["codePaysNaissance"] != FRANCE or "codeLieuNaissance" in q or triplet


#: The input control, in order; the first rule that does not hold gives its code. Public documents word 40002, 40003,
#: 40013, 40014 and 40019; of 40011, 40015 and 40016 they only say that they refuse the identity.
_CONTROLES: tuple[tuple[int, str, Callable[[Parametres], object]], ...] = (
    (40002, "Nom de naissance ou nom d'usage absent", lambda q: "nomNaissance" in q or "nomUsage" in q),
    (40003, "Nom de naissance incorrect", lambda q: _NOM.fullmatch(q.get("nomNaissance", "-"))),
    (40003, "Nom d'usage incorrect", lambda q: _NOM.fullmatch(q.get("nomUsage", "-"))),
    (40011, "Liste des prénoms incorrecte", lambda q: _NOM.fullmatch(q.get("listePrenoms", "-"))),
    (40014, "Sexe absent ou incorrect", lambda q: q.get("genre") in ("M", "F")),
    (40015, "Date de naissance incorrecte", lambda q: _DATE.fullmatch(q.get("dateNaissance", ""))),
    (40016, "Pays de naissance incorrect", lambda q: _PAYS.fullmatch(q.get("codePaysNaissance", ""))),
    (40019, "Département de naissance incorrect", lambda q: _DEPARTEMENT.fullmatch(q.get("depNaissance", "00"))),
    (40013, "Commune de naissance absente ou inconnue", _lieu_donne),
)


#: Public documents tell the codes of the quota and of the technical failure; the others begin with the status too.
_DEFAILLANCES = {429: 42901, 500: 50001}


def refuser(status: int, code: int, error: str, caisse: Caisse | None = None) -> UpstreamResponse:
    """Refuse in API-SECU's words, in its own name or in that of a caisse."""
    return repondre(status, Refus(code, error), ((REGIME, caisse.value),) if caisse else ())


def defaillir(status: int) -> UpstreamResponse:
    """Fail in API-SECU's words, before any caisse is asked."""
    return refuser(status, _DEFAILLANCES.get(status, status * 100), "Le service est momentanément indisponible")


def accueillir(call: UpstreamRequest, guichet: Guichet, chemin: str, aujourdhui: date) -> UpstreamResponse | None:
    """Answer what the gateway answers itself: a token, or a refusal. None lets the request in."""
    if guichet.ouvre(call):
        return guichet.emettre(call, aujourdhui)
    if not guichet.reconnait(call, aujourdhui):
        return refuser(401, 40101, "Jeton absent, incorrect ou expiré")
    if call.path != chemin:
        return refuser(404, 40401, "L’API n’existe pas.")
    if call.method != "GET":
        return refuser(405, 40500, "Méthode non autorisée")
    return _entetes_refuses(call) or _parametres_refuses(_donnes(call))


def identifier(call: UpstreamRequest, personas: Personas) -> Persona | None:
    """Return the one persona that the SNGI recognises; None for nobody, and for homonyms that it cannot tell apart.

    A first name that is alike will do when the day of birth is known and nobody bears the very name.
    """
    q = _donnes(call)
    candidats = personas.trouver(lambda persona: _reconnait(q, persona.pivot))
    reconnus = [candidat for candidat in candidats if _prenoms_concordent(q, candidat.pivot)]
    reconnus = reconnus or [candidat for candidat in candidats if _prenom_ressemble(q, candidat.pivot)]
    return reconnus[0] if len(reconnus) == 1 else None


def _donnes(call: UpstreamRequest) -> Parametres:
    """Return the query parameters; a blank one was not given."""
    return {nom: valeur for nom, valeur in call.params if valeur.strip()}


def _entetes_refuses(call: UpstreamRequest) -> UpstreamResponse | None:
    if not _UUID.fullmatch(entete(call, "x-correlation-id") or ""):
        return refuser(400, 40000, "X-Correlation-ID absent ou incorrect")
    if not _SIRET.fullmatch(entete(call, "x-apipart-fsfinal") or ""):
        return refuser(400, 40000, "X-APIPART-FSFINAL absent ou incorrect")
    return None


def _parametres_refuses(q: Parametres) -> UpstreamResponse | None:
    enfreinte = next(((code, error) for code, error, respectee in _CONTROLES if not respectee(q)), None)
    return refuser(400, *enfreinte) if enfreinte else None


def _reconnait(q: Parametres, pivot: IdentitePivot) -> bool:
    """Compare everything but the first names; a date unknown to the registers is found by those who give none."""
    return (
        _noms_concordent(q, pivot)
        and str(pivot.naissance).startswith(re.sub("(-00)+$", "", q["dateNaissance"]))
        and pivot.sexe is not None
        and q["genre"] == pivot.sexe.name
        and q["codePaysNaissance"] == pivot.code_pays
        and _lieux_concordent(q, pivot)
    )


def _noms_concordent(q: Parametres, pivot: IdentitePivot) -> bool:
    if "nomNaissance" in q:
        return nom_compare(q["nomNaissance"]) == nom_compare(pivot.nom_naissance)
    return nom_compare(q["nomUsage"]) == nom_compare(pivot.nom_usage or "")


def _prenoms_concordent(q: Parametres, pivot: IdentitePivot) -> bool:
    """The first one is enough when the day of birth is known; else all of them are compared."""
    demandes, connus = _prenoms(q.get("listePrenoms", "")), _prenoms(" ".join(pivot.prenoms))
    return demandes[:1] == connus[:1] if _jour_connu(q) else demandes == connus


def _prenom_ressemble(q: Parametres, pivot: IdentitePivot) -> bool:
    demande, connu = (_prenoms(prenoms)[:1] for prenoms in (q.get("listePrenoms", ""), " ".join(pivot.prenoms)))
    return _jour_connu(q) and SequenceMatcher(None, "".join(demande), "".join(connu)).ratio() >= _RESSEMBLANCE


def _prenoms(liste: str) -> list[str]:
    return [nom_compare(prenom) for prenom in liste.split()]


def _jour_connu(q: Parametres) -> bool:
    return not q["dateNaissance"].endswith("-00")


def _lieux_concordent(q: Parametres, pivot: IdentitePivot) -> bool:
    if q["codePaysNaissance"] != FRANCE:
        return True
    if "codeLieuNaissance" in q:
        return q["codeLieuNaissance"] == pivot.code_commune
    ville = nom_compare(q["villeNaissance"]) == nom_compare(pivot.nom_commune or "")
    return ville and q["depNaissance"] == pivot.code_departement
