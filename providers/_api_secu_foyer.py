"""The household in the words of API-SECU, that the quotient familial and the EAJE share: messages, reading, playing.

Camel case on the wire. What every person bears is required, be it blank: if a key disappeared, a null would be taken
for an answer. The caisses leave out what they do not hold of the rest.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from graph.errors import SourceReponseInvalide
from graph.foyer import AdresseAllocataire, PersonneFoyer
from graph.identite import EtatCivil, IdentitePivot
from providers._api_secu import INCONNU_DU_SNGI, SANS_RATTACHEMENT, Caisse, caisse
from providers._api_secu_simulateur import defaillir, identifier, refuser
from providers._noms import translitterer
from providers._normal import DERIVE, NAISSANCE_INCONNUE, date_partielle, prenoms, sexe, texte
from providers._personas import Personas
from providers._source import UpstreamRequest, UpstreamResponse

#: The GraphQL `Int` has 32 bits.
Entier = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]
Annee = Annotated[int, msgspec.Meta(ge=1900, le=9999)]


class Personne(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """An allocataire, a spouse or a child."""

    nom_naissance: str | None
    nom_usage: str | None = None
    liste_prenoms: str | None
    """Every first name, separated by spaces."""
    date_naissance: str | None = None
    """YYYY-MM-DD with zeros for the unknown parts; blank or left out when nothing is known."""
    genre: str | None


class Adresse(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """The postal address that the allocataire declared."""

    identite: str | None = None
    complement_information: str | None = None
    complement_information_geo: str | None = None
    numero_libelle_voie: str | None = None
    lieu_dit: str | None = None
    code_postal_ville: str | None = None
    pays: str | None = None


class Membre(Personne, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A person of the household as a persona holds it: a word that the source would not say is refused."""


class AdresseDeclaree(Adresse, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The address as a persona holds it, equally strict."""


class VueFoyer(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What a persona's view says whatever the prestation."""

    caisse: Literal["CNAF", "MSA"] = "CNAF"
    """Who holds the file."""
    adresse: AdresseDeclaree = AdresseDeclaree()
    absent: str | None = None
    """The caisse that answers that it has no file (404 and X-APISECU-FD)."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""


Lu = TypeVar("Lu", bound=PersonneFoyer)
Ecrit = TypeVar("Ecrit", bound=Personne)
Vue = TypeVar("Vue", bound=VueFoyer)


def repondant(reply: UpstreamResponse) -> Caisse:
    """Return the caisse that holds the file. Raise SourceReponseInvalide when it is neither the CNAF nor the MSA."""
    if (nommee := caisse(reply)) in (Caisse.CNAF, Caisse.MSA):
        return nommee
    raise SourceReponseInvalide(cause=DERIVE)


def lire_personne(personne: Personne, forme: type[Lu], **propres: Any) -> Lu:
    """Read a person into a type of the graph; `propres` are the fields of that type alone."""
    return forme(
        nom_naissance=texte(personne.nom_naissance),
        nom_usage=texte(personne.nom_usage),
        prenoms=prenoms(personne.liste_prenoms),
        date_naissance=date_partielle(personne.date_naissance),
        sexe=sexe(personne.genre),
        **propres,
    )


def lire_adresse(adresse: Adresse) -> AdresseAllocataire:
    """Read the address, line by line."""
    return AdresseAllocataire(
        destinataire=texte(adresse.identite),
        complement_information=texte(adresse.complement_information),
        complement_information_geographique=texte(adresse.complement_information_geo),
        numero_libelle_voie=texte(adresse.numero_libelle_voie),
        lieu_dit=texte(adresse.lieu_dit),
        code_postal_ville=texte(adresse.code_postal_ville),
        pays=texte(adresse.pays),
    )


def etats_civils(allocataires: Sequence[PersonneFoyer] | None) -> Sequence[EtatCivil]:
    """Return the allocataire and the spouse: the file is theirs, and a child must not be asked about."""
    return tuple(
        EtatCivil(
            nom_naissance=allocataire.nom_naissance or "",
            prenoms=tuple(allocataire.prenoms or ()),
            naissance=allocataire.date_naissance or NAISSANCE_INCONNUE,
            nom_usage=allocataire.nom_usage,
        )
        for allocataire in allocataires or ()
    )


def trouver(
    call: UpstreamRequest, personas: Personas, nom: str, forme: type[Vue]
) -> UpstreamResponse | tuple[IdentitePivot, Vue]:
    """Return the person that the SNGI recognises and what her caisse holds, or the refusal of one of them."""
    persona = identifier(call, personas)
    if persona is None:
        return refuser(404, INCONNU_DU_SNGI, "Il n’a pas été possible d’identifier la personne")
    vue = persona.vue(nom, forme)
    if vue is None:
        return refuser(404, SANS_RATTACHEMENT, "Le répertoire ne contient aucun rattachement pour cette personne")
    return _incident(vue) or (persona.pivot, vue)


def ecrire_allocataire(pivot: IdentitePivot, forme: type[Ecrit], **propres: Any) -> Ecrit:
    """Write an état civil as the caisses keep it: capitals without accents."""
    return forme(
        nom_naissance=translitterer(pivot.nom_naissance).upper(),
        nom_usage=translitterer(pivot.nom_usage).upper() if pivot.nom_usage else None,
        liste_prenoms=translitterer(" ".join(pivot.prenoms)).upper(),
        date_naissance=str(pivot.naissance),
        genre=pivot.sexe.name if pivot.sexe else None,
        **propres,
    )


def _incident(vue: VueFoyer) -> UpstreamResponse | None:
    if vue.erreur:
        return defaillir(vue.erreur)
    sans_dossier = Caisse.__members__.get(vue.absent or "")
    return refuser(404, 40404, "Le dossier de l’allocataire n’existe pas", sans_dossier) if sans_dossier else None
