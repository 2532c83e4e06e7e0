"""The SIV's words: ask for a registration by its plate, read it into `Vehicule` for the person asked about."""

import re
from collections.abc import Sequence
from typing import cast

import msgspec

from graph.demande import Demande
from graph.errors import DossierAbsent, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import FRANCE_CONNECT, EtatCivil, IdentitePivot
from graph.vehicule import Vehicule
from providers._normal import DERIVE
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers._xml import Element, ecrire, lire, objet
from providers.ants_vehicule import messages
from providers.ants_vehicule.lecture import adresse, caracteristiques, identite, immatriculation
from providers.ants_vehicule.personnes import retenir
from providers.ants_vehicule.tables import STATUTS

IDENTIFICATIONS = (FRANCE_CONNECT,)
CHEMIN = "/"
ENTETES = (("Content-Type", messages.TYPE_DE_CONTENU), ("SOAPAction", ""))
_SEPARATEURS = re.compile(r"[\s-]+")


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask for a plate; who asks is added by the seal, with its signature."""
    control = {
        "type_operation": messages.OPERATION,
        "numero_session": _session(appel),
        "date_envoi": appel.instant.isoformat(timespec="seconds"),
    }
    requete = {"mode_appel": messages.LECTURE, "informations": {"num_immat": demande["immatriculation"]}}
    message = messages.element(messages.DEMANDE, {"control": control, "requete": requete})
    return UpstreamRequest("POST", CHEMIN, headers=ENTETES, body=ecrire(message))


def read(reply: UpstreamResponse, demande: Demande, appel: Appel) -> Vehicule:
    """Read a registration.

    Raises:
        DossierAbsent: no vehicle bears this plate.
        IdentiteNonReconnue: the person asked about is nobody of the registration.
        SourceReponseInvalide: anything that the contract does not say, be it the answer to another question.
    """
    dossier = _dossier(_decoder(lire(reply.body)), appel)
    plaque = dossier.immatriculation.num_immat
    if _SEPARATEURS.sub("", plaque) != _SEPARATEURS.sub("", demande["immatriculation"]):
        raise SourceReponseInvalide(cause=DERIVE)
    personnes = dossier.personne.liste_personnes.personne
    retenue = retenir(
        personnes if isinstance(personnes, list) else (personnes,),
        cast("IdentitePivot", demande.identite.pivot),
        plaque,
    )
    if retenue is None:
        raise IdentiteNonReconnue
    return Vehicule(
        identite=identite(retenue),
        adresse=adresse(retenue.personne.adresse_personne),
        statut_rattachement=STATUTS[retenue.personne.code_type_personne],
        donnees_immatriculation=immatriculation(dossier.immatriculation),
        caracteristiques_techniques=caracteristiques(dossier.vehicule.caracteristiques_techniques),
        etat_civil=retenue.etat_civil,
    )


def etats_civils(bloc: Vehicule) -> Sequence[EtatCivil]:
    """Return the état civil of the person retained."""
    return (bloc.etat_civil,)


def _session(appel: Appel) -> str:
    return f"req_{appel.correlation}"


def _decoder(racine: Element) -> messages.RepConsulterDossier:
    """Decode the message of an envelope, of its body, or alone: a signature may cover any of them."""
    for emballage, contenu in messages.EMBALLAGES:
        if racine.tag == emballage:
            racine = _unique(racine, contenu)
    if racine.tag != messages.REPONSE:
        raise SourceReponseInvalide(cause=DERIVE)
    try:
        return msgspec.convert(objet(racine, messages.SIV), messages.RepConsulterDossier)
    except msgspec.ValidationError:
        raise SourceReponseInvalide(cause=DERIVE) from None


def _unique(parent: Element, nom: str) -> Element:
    trouves = [enfant for enfant in parent if enfant.tag == nom]
    if len(trouves) != 1:
        raise SourceReponseInvalide(cause=DERIVE)
    return trouves[0]


def _dossier(reponse: messages.RepConsulterDossier, appel: Appel) -> messages.Dossier:
    control = reponse.control
    if control.numero_session not in (None, _session(appel)):
        raise SourceReponseInvalide(cause=DERIVE)
    if control.code_traitement == messages.REJETE and control.code_erreur == messages.DOSSIER_INTROUVABLE:
        raise DossierAbsent
    if control.code_traitement != messages.TRAITE or control.code_erreur:
        raise SourceReponseInvalide(cause="SOURCE_ERREUR")
    if reponse.reponse is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return reponse.reponse.dossier
