"""The SIV, played from personas: SOAP in, SOAP out, the caller's assertion checked, every answer signed."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from graph.errors import SourceReponseInvalide
from graph.identite import IdentitePivot
from providers._noms import translitterer
from providers._personas import Persona, Personas
from providers._signature import emplacement, signer
from providers._simulateur import entete, reglage
from providers._source import Paires, UpstreamRequest, UpstreamResponse
from providers._xml import Element, arbre, ecrire
from providers.ants_vehicule import messages
from providers.ants_vehicule.adapter import CHEMIN
from providers.ants_vehicule.controle import NOM, Demande, Faute, ouvrir
from providers.ants_vehicule.personnes import plaque_siv
from providers.ants_vehicule.tables import STATUTS
from providers.ants_vehicule.vues import DossierDeclare, Vue

_INTROUVABLE = "Aucune réponse trouvée pour les critères en entrée"


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Answer the registration of one plate."""
    if call.path != CHEMIN:
        return UpstreamResponse(404)
    if call.method != "POST":
        return UpstreamResponse(405, (("allow", "POST"),))
    if (entete(call, "content-type") or "").partition(";")[0].strip() != "application/soap+xml":
        return UpstreamResponse(415)
    try:
        demande = ouvrir(call.body, personas.aujourdhui)
    except (Faute, SourceReponseInvalide) as faute:
        return _fault(str(faute) if isinstance(faute, Faute) else "Message illisible ou non signé")
    return _traiter(demande, personas)


def _traiter(demande: Demande, personas: Personas) -> UpstreamResponse:
    connus = {nom: reglage(NOM, nom) for nom in ("code_partenaire", "code_miat")}
    if any(getattr(demande.control, nom) != valeur for nom, valeur in connus.items()):
        return _rejeter(demande, "1", "Partenaire non habilité")
    plaque = demande.requete.informations.num_immat
    for persona, vue in _vues(personas):
        if vue.erreur and vue.num_immat == plaque:
            return UpstreamResponse(vue.erreur)
        for dossier in vue.dossiers:
            if dossier.immatriculation.num_immat == plaque:
                return _repondre(demande, {"code_traitement": messages.TRAITE}, {"dossier": _dossier(dossier, persona)})
    return _rejeter(demande, messages.DOSSIER_INTROUVABLE, _INTROUVABLE)


def _vues(personas: Personas) -> Iterator[tuple[Persona, Vue]]:
    for persona in personas.trouver(lambda persona: NOM in persona.vues):
        vue = persona.vue(NOM, Vue)
        if vue:
            yield persona, vue


def _dossier(declare: DossierDeclare, persona: Persona) -> Mapping[str, Any]:
    sienne = {
        "code_type_personne": declare.code_type_personne,
        "libelle_type_personne": STATUTS[declare.code_type_personne].value,
        "identite_personne": _identite(persona.pivot, declare.immatriculation.num_immat),
        "adresse_personne": declare.adresse_personne,
    }
    personnes = [sienne, *declare.autres]
    lu: Mapping[str, Any] = msgspec.to_builtins(
        {
            "immatriculation": declare.immatriculation,
            "vehicule": {"caracteristiques_techniques": declare.caracteristiques_techniques},
            "personne": {
                "nb_cotitulaires": sum(une["code_type_personne"] == "COT" for une in msgspec.to_builtins(personnes)),
                "liste_personnes": {"personne": personnes},
            },
        }
    )
    return lu


def _identite(pivot: IdentitePivot, plaque: str) -> Mapping[str, str | None]:
    """Write an identity as the SIV does: capitals, and the given names after the name in the former file."""
    nom, prenom = (translitterer(mot).upper() for mot in (pivot.nom_naissance, pivot.prenoms[0]))
    ancien = not plaque_siv(plaque)
    return {
        "flag_pers_physique": "oui",
        "nom_naiss": f"{nom} {prenom}" if ancien else nom,
        "nom_usage": translitterer(pivot.nom_usage).upper() if pivot.nom_usage else None,
        "prenom": None if ancien else prenom,
        "sexe": pivot.sexe.name if pivot.sexe else None,
        "date_naissance": str(pivot.naissance) if pivot.naissance.complete else None,
        "code_dep_naissance": pivot.code_commune[:2] if pivot.code_commune else None,
    }


def _rejeter(demande: Demande, code: str, message: str) -> UpstreamResponse:
    """Answer, with a status of 200, that there is no answer."""
    control = {
        "code_traitement": messages.REJETE,
        "code_erreur": code,
        "description_erreur": {"item_erreur": {"message_erreur": message}},
    }
    return _repondre(demande, control)


def _repondre(
    demande: Demande, control: Mapping[str, Any], reponse: Mapping[str, Any] | None = None
) -> UpstreamResponse:
    """Sign an answer that repeats the request's control."""
    repete = msgspec.to_builtins(demande.control)
    corps = messages.element(
        messages.REPONSE,
        {"control": {**repete, **control, "date_reception": repete["date_envoi"]}, "reponse": reponse},
    )
    signee = signer(
        messages.enveloppe(emplacement(), corps=corps),
        certificat=reglage(NOM, "certificat_source"),
        cle=reglage(NOM, "cle_source"),
    )
    return _ecrire(200, signee)


def _fault(motif: str) -> UpstreamResponse:
    """Answer a fault of SOAP 1.2, which is not signed."""
    faute = arbre(messages.SOAP, "Fault", {"Code": {"Value": "env:Sender"}, "Reason": {"Text": motif}}, "env")
    faute[1][0].set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
    return _ecrire(500, messages.enveloppe(corps=faute))


def _ecrire(status: int, enveloppe: Element) -> UpstreamResponse:
    entetes: Paires = (("content-type", messages.TYPE_DE_CONTENU),)
    return UpstreamResponse(status, entetes, ecrire(enveloppe))
