"""The scalars of the field: amounts, partial dates and identifiers. Rules on identifiers live in `identite.py`."""

from datetime import date, datetime
from decimal import Decimal
from typing import NewType

import strawberry
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

Montant = NewType("Montant", Decimal)
DatePartielle = NewType("DatePartielle", str)
Ine = NewType("Ine", str)
NumeroFiscal = NewType("NumeroFiscal", str)
IdentifiantFranceTravail = NewType("IdentifiantFranceTravail", str)
IdentifiantSportif = NewType("IdentifiantSportif", str)
CodeUai = NewType("CodeUai", str)
Immatriculation = NewType("Immatriculation", str)
CodePays = NewType("CodePays", str)
CodeCog = NewType("CodeCog", str)


#: The integers that every reader of JSON holds exactly (RFC 8259 §6); no one's income comes near.
MONTANT_MAX = 2**53 - 1


def _montant(valeur: Decimal) -> int | float:
    """Print an amount as a JSON number: whole euros as an integer, else two decimals. Raise ValueError out of range."""
    if not abs(valeur) <= MONTANT_MAX:
        message = "amount out of range"
        raise ValueError(message)
    return int(valeur) if valeur == valeur.to_integral_value() else float(round(valeur, 2))


def _texte(valeur: object) -> str:
    if not isinstance(valeur, str):
        message = "texte attendu"
        raise TypeError(message)
    return valeur


def _identifiant(name: str, description: str) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=_texte, parse_value=_texte)


SCALARS: dict[object, ScalarDefinition] = {
    Montant: strawberry.scalar(
        name="Montant",
        description="Montant en euros : nombre JSON d'au plus deux décimales, sans limite de 32 bits.",
        serialize=_montant,
        parse_value=lambda valeur: Montant(Decimal(str(valeur))),
    ),
    DatePartielle: _identifiant(
        "DatePartielle", "Date AAAA-MM-JJ dont les parties inconnues valent 00, par exemple 1987-06-00."
    ),
    date: strawberry.scalar(
        name="Date",
        description="Date complète au format AAAA-MM-JJ.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=date.fromisoformat,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant au format RFC 3339, avec son fuseau.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=datetime.isoformat,
        parse_value=datetime.fromisoformat,
    ),
    Ine: _identifiant("Ine", "Identifiant national étudiant : 11 caractères (formats RNIE, BEA, base 36 ou SIFA)."),
    NumeroFiscal: _identifiant("NumeroFiscal", "Numéro fiscal (SPI) : 13 chiffres, en tête de l'avis d'impôt."),
    IdentifiantFranceTravail: _identifiant(
        "IdentifiantFranceTravail", "Identifiant de connexion à francetravail.fr, choisi par la personne."
    ),
    IdentifiantSportif: _identifiant("IdentifiantSportif", "Numéro PSQS d'un sportif : des chiffres seulement."),
    CodeUai: _identifiant("CodeUai", "Code UAI d'un établissement : 7 chiffres et une lettre, par exemple 0132733A."),
    Immatriculation: _identifiant(
        "Immatriculation", "Numéro d'immatriculation : AA-123-BB, ou 123 ABC 12 avant avril 2009."
    ),
    CodePays: _identifiant("CodePays", "Code COG d'un pays : 5 chiffres commençant par 99 (France : 99100)."),
    CodeCog: _identifiant("CodeCog", "Code COG d'une commune : 5 caractères, par exemple 75107 ou 2A004."),
    JSON: strawberry.scalar(
        name="JSON",
        description="Valeur JSON quelconque, par exemple l'objet des variables d'une requête.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    ),
}
