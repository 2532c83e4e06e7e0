"""The words of France Travail's Statut augmenté: a person, contact details, an address and the last registration.

Camel case on the wire, but for three keys. What every answer bears is required, be it blank: if a key disappeared, a
null would be taken for an answer. Only the keys that the contract makes optional may be absent.
"""

import msgspec


class Adresse(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A postal address."""

    code_postal: str | None
    insee_commune: str | None = msgspec.field(name="INSEECommune")
    localite: str | None
    ligne_nom: str | None
    ligne_voie: str | None = None
    ligne_complement_destinataire: str | None = None
    ligne_complement_adresse: str | None = None
    ligne_complement_distribution: str | None = None


class Individu(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A person known to France Travail; dates are instants in ISO 8601, at midnight in Paris."""

    civilite: str | None
    nom: str | None
    nom_usage: str | None
    """One space when there is none."""
    prenom: str | None
    """Cut at 13 characters."""
    sexe: str | None
    date_naissance: str | None
    code_certification_cnav: str | None = msgspec.field(name="codeCertificationCNAV")
    telephone: str | None = None
    telephone2: str | None = None
    email: str | None = None
    adresse: Adresse
    date_inscription: str | None
    date_cessation_inscription: str | None
    categorie_inscription: str | None
    """One digit; blank for who is not registered."""
    libelle_categorie_inscription: str | None = msgspec.field(name="libellecategorieInscription")
