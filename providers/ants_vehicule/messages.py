"""The words of the SIV's "Consultation Dossier": SOAP 1.2, one namespace, French names in snake case.

What every answer bears is required: if an element disappeared, a null would be taken for an answer. Elements that have
nothing to say are absent from the message.
"""

from typing import Annotated, Any, Literal

import msgspec
from lxml import etree

from providers._noms import LONGUEUR_MAX
from providers._xml import Element, arbre

Nom = Annotated[str, msgspec.Meta(max_length=LONGUEUR_MAX)]

SIV = "http://siv.mi.fr/DefinitionsServices/2007-06"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
ENVELOPPE, ENTETE, CORPS = f"{{{SOAP}}}Envelope", f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
_SOAPS = (SOAP, "http://schemas.xmlsoap.org/soap/envelope/")
DEMANDE, REPONSE = f"{{{SIV}}}req_consulter_dossier", f"{{{SIV}}}rep_consulter_dossier"
#: What wraps an answer, and what is looked for in it. The SIV is asked in SOAP 1.2; its samples answer in SOAP 1.1.
EMBALLAGES = tuple(
    paire for un in _SOAPS for paire in ((f"{{{un}}}Envelope", f"{{{un}}}Body"), (f"{{{un}}}Body", REPONSE))
)
OPERATION, LECTURE = "Consultation Dossier", "L"
TYPE_DE_CONTENU = "application/soap+xml; charset=utf-8"
TRAITE, REJETE = "0", "1"
DOSSIER_INTROUVABLE = "20"


def element(nom: str, valeur: Any) -> Element:
    """Return an element of the SIV's namespace."""
    return arbre(SIV, nom.removeprefix(f"{{{SIV}}}"), valeur, "siv")


def enveloppe(*entetes: Element, corps: Element) -> Element:
    """Return a SOAP envelope."""
    racine = etree.Element(ENVELOPPE, nsmap={"env": SOAP})
    etree.SubElement(racine, ENTETE).extend(entetes)
    etree.SubElement(racine, CORPS).append(corps)
    return racine


class Controle(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the request."""

    code_traitement: Literal["0", "1"]
    code_erreur: str | None = None
    numero_session: str | None = None
    """That of the request, when it is repeated."""


class Immatriculation(msgspec.Struct, frozen=True, kw_only=True):
    """The registration. `code_type_immat` is not read: it says nothing of a lease."""

    num_immat: str
    date_prem_immat: str
    code_type_loc: str | None = None
    libelle_type_loc: str | None = None


class Caracteristiques(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle: an electric one has no capacity, a trailer has no fuel, an old one no European category."""

    marque_vehicule: str
    genre_national: str
    tvv: str | None = None
    denomination_com: str | None = None
    ptac: str | None = None
    categorie_ce: str | None = None
    cylindree: str | None = None
    energie: str | None = None
    co2: str | None = None
    classe_environnement_ce: str | None = None


class Vehicule(msgspec.Struct, frozen=True, kw_only=True):
    """What wraps the characteristics."""

    caracteristiques_techniques: Caracteristiques


class IdentitePersonne(msgspec.Struct, frozen=True, kw_only=True):
    """A natural person, or a company, which has no name at birth."""

    flag_pers_physique: Literal["oui", "non"]
    nom_naiss: Nom | None = None
    """In the former file (FNI), `NOM PRENOM…`, without `prenom`."""
    nom_usage: Nom | None = None
    prenom: Nom | None = None
    sexe: str | None = None
    date_naissance: str | None = None
    """YYYY-MM-DD."""
    code_dep_naissance: str | None = None


class AdressePersonne(msgspec.Struct, frozen=True, kw_only=True):
    """An address, part by part."""

    point_remise: str | None = None
    compl_adresse: str | None = None
    num_voie: str | None = None
    extension: str | None = None
    type_voie: str | None = None
    libelle_voie: str | None = None
    lieudit_ou_bp: str | None = None
    code_postal: str | None = None
    libelle_commune: str | None = None
    pays: str | None = None


class Personne(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the registration: TIT, COT, LOC; or others, such as ACQ, who only want the vehicle."""

    code_type_personne: str
    identite_personne: IdentitePersonne
    adresse_personne: AdressePersonne | None = None


class ListePersonnes(msgspec.Struct, frozen=True, kw_only=True):
    """Those of the registration: one element each, so that a single one is no list."""

    personne: Personne | list[Personne]


class Personnes(msgspec.Struct, frozen=True, kw_only=True):
    """What wraps the list."""

    liste_personnes: ListePersonnes


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """One vehicle and those who hold it."""

    immatriculation: Immatriculation
    vehicule: Vehicule
    personne: Personnes


class Reponse(msgspec.Struct, frozen=True, kw_only=True):
    """What wraps the file."""

    dossier: Dossier


class RepConsulterDossier(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer; `reponse` is absent when the request was rejected."""

    control: Controle
    reponse: Reponse | None = None
