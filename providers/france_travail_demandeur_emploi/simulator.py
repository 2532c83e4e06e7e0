"""France Travail's Statut augmenté, played from personas: the same checks in the same order, the same words."""

from typing import Any, Literal

import msgspec

from graph.enums import Sexe
from providers._france_travail_simulateur import Erreur, accueillir, echouer, guichet, inconnu, trouver
from providers._noms import translitterer
from providers._personas import Persona, Personas
from providers._simulateur import minuit, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.france_travail_demandeur_emploi.adapter import CHEMIN, PRENOM_MAX
from providers.france_travail_demandeur_emploi.messages import Adresse, Individu

NOM = "france_travail_demandeur_emploi"
GUICHET = guichet(NOM)
_SEXES = {Sexe.M: ("M.", "Masculin"), Sexe.F: ("MME", "Féminin")}
_LIBELLES = {
    "1": "PERSONNE SANS EMPLOI DISPONIBLE DUREE INDETERMINEE PLEIN TPS",
    "2": "PERSONNE SANS EMPLOI DISPONIBLE DUREE INDETERMINEE PARTIEL",
    "3": "PERSONNE SANS EMPLOI DISPONIBLE DUREE DETERMINEE OU SAISON",
    "4": "PERSONNE SANS EMPLOI NON DISPONIBLE IMMEDIATEMENT",
    "5": "PERSONNE POURVUE D'UN EMPLOI A LA RECHERCHE D'UN AUTRE",
}


class AdresseDeclaree(
    Adresse, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """An address as a persona holds it: a word that the source would not say is refused, an empty line left out."""


class InscriptionDeclaree(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A registration as a persona holds it; the label of the category follows from its code."""

    date_inscription: str
    date_cessation_inscription: str | None = None
    categorie_inscription: Literal["1", "2", "3", "4", "5"]


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What France Travail holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    The identity answered is the persona's own, in capitals without accents, the first name cut at 13 characters::

        inscription: {dateInscription: "{N-1}-01-07T00:00:00+01:00", categorieInscription: "1"}
        codeCertificationCNAV: VC
        telephone: "0636656565"
        adresse: {codePostal: "75007", INSEECommune: "75107", localite: 75007 PARIS, ligneNom: DUPONT}

    Known without having been registered (206): `absent: inscription`. A failure of the source: `erreur: 429` (or 500,
    502, 503, 504), or `erreur: delai`. A persona without a view is not known (404).
    """

    inscription: InscriptionDeclaree | None = None
    code_certification_cnav: str | None = msgspec.field(name="codeCertificationCNAV", default=None)
    telephone: str | None = None
    telephone2: str | None = None
    email: str | None = None
    adresse: AdresseDeclaree | None = None
    absent: Literal["inscription"] | None = None
    erreur: Erreur | None = None

    def __post_init__(self) -> None:
        """Refuse a half of a file."""
        if not (self.absent or self.erreur or (self.inscription and self.adresse)):
            message = "inscription et adresse sont nécessaires"
            raise ValueError(message)


class SansInscription(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """A partial content (206): who the person is and lives, without a word of a registration."""

    civilite: str
    nom: str
    nom_usage: str
    prenom: str
    sexe: str
    date_naissance: str | None
    telephone: str | None = None
    telephone2: str | None = None
    email: str | None = None
    adresse: AdresseDeclaree | None = None


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer who chose the identifier that is the body."""
    return accueillir(call, GUICHET, "POST", CHEMIN, personas) or _repondre(call, personas)


def _repondre(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    persona = trouver(call.body.decode("utf-8", "replace"), personas)
    vue = persona.vue(NOM, Vue) if persona else None
    if persona is None or vue is None:
        return inconnu()
    if vue.erreur:
        return echouer(vue.erreur)
    etat_civil = _etat_civil(persona)
    if vue.inscription is None or vue.adresse is None:
        partiel = SansInscription(
            **etat_civil, telephone=vue.telephone, telephone2=vue.telephone2, email=vue.email, adresse=vue.adresse
        )
        return repondre(206, partiel)
    return repondre(200, _individu(vue, vue.inscription, vue.adresse, etat_civil))


def _etat_civil(persona: Persona) -> dict[str, Any]:
    pivot = persona.pivot
    civilite, sexe = _SEXES[pivot.sexe] if pivot.sexe else (" ", " ")
    return {
        "civilite": civilite,
        "nom": _capitales(pivot.nom_naissance),
        "nom_usage": _capitales(pivot.nom_usage or " "),
        "prenom": _capitales(pivot.prenoms[0])[:PRENOM_MAX],
        "sexe": sexe,
        "date_naissance": minuit(str(pivot.naissance)),
    }


def _individu(
    vue: Vue, inscription: InscriptionDeclaree, adresse: AdresseDeclaree, etat_civil: dict[str, Any]
) -> Individu:
    return Individu(
        **etat_civil,
        code_certification_cnav=vue.code_certification_cnav,
        telephone=vue.telephone,
        telephone2=vue.telephone2,
        email=vue.email,
        adresse=adresse,
        date_inscription=inscription.date_inscription,
        date_cessation_inscription=inscription.date_cessation_inscription,
        categorie_inscription=inscription.categorie_inscription,
        libelle_categorie_inscription=_LIBELLES[inscription.categorie_inscription],
    )


def _capitales(nom: str) -> str:
    return translitterer(nom).upper()
