"""Bring graphql-core's English complaints to ours: names of the schema may be repeated, values never are."""

import re
from collections.abc import Sequence

from graphql import GraphQLError

from graph.errors import ParametreInvalide, RequeteInvalide

_NOM = r"([_A-Za-z][_0-9A-Za-z]*)"
_CHEMIN = r"((?:\.[_A-Za-z][_0-9A-Za-z]*|\[\d+\])*)"

#: What graphql-core says → what the caller reads. Only names are kept, and only where a name can stand.
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(motif), phrase)
    for motif, phrase in (
        (rf"Cannot query field '{_NOM}' on type '{_NOM}'", "le champ « {0} » n'existe pas sur le type « {1} »."),
        (rf"Unknown argument '{_NOM}' on field '{_NOM}\.{_NOM}'", "l'argument « {0} » n'existe pas sur « {1}.{2} »."),
        (rf"Argument '@?{_NOM}\({_NOM}:\)' of type .* is required", "« {0} » exige l'argument « {1} »."),
        (rf"Argument '{_NOM}\.{_NOM}\({_NOM}:\)' of type .* is required", "« {0}.{1} » exige l'argument « {2} »."),
        (rf"Field '{_NOM}' of type .* must have a selection", "le champ « {0} » demande une sélection de champs."),
        (rf"Field '{_NOM}' must not have a selection", "le champ « {0} » n'admet pas de sélection de champs."),
        (rf"Expected value of type '{_NOM}' to include required field '{_NOM}'", "« {0} » exige le champ « {1} »."),
        (rf"Expected value of type '{_NOM}' not to include unknown", "« {0} » porte un champ que son type n'a pas."),
        (rf"Value .* does not exist in '{_NOM}' enum", "la valeur n'est pas dans l'énumération « {0} »."),
        (rf"Variable '\${_NOM}' is not defined", "la variable « ${0} » n'est pas déclarée par l'opération."),
        (rf"Variable '\${_NOM}' is never used", "la variable « ${0} » est déclarée mais n'est pas utilisée."),
        (rf"Variable '\${_NOM}' of type .* used in position", "la variable « ${0} » n'a pas le type attendu."),
        (
            rf"Variable '\${_NOM}' has invalid value at {_CHEMIN}: .*to include required field '{_NOM}'",
            "la variable « ${0}{1} » exige le champ « {2} ».",
        ),
        (
            rf"Variable '\${_NOM}' has invalid value: .*to include required field '{_NOM}'",
            "la variable « ${0} » exige le champ « {1} ».",
        ),
        (
            rf"Variable '\${_NOM}' has invalid value at {_CHEMIN}: .*not to include unknown field",
            "la variable « ${0}{1} » porte un champ que son type n'a pas.",
        ),
        (
            rf"Variable '\${_NOM}' has invalid value: .*not to include unknown field",
            "la variable « ${0} » porte un champ que son type n'a pas.",
        ),
        (rf"Variable '\${_NOM}' has invalid value at {_CHEMIN}:", "la variable « ${0}{1} » n'a pas le type attendu."),
        (
            rf"Variable '\${_NOM}' has invalid value: Expected a? ?value of non-null",
            "la variable « ${0} » est obligatoire.",
        ),
        (rf"Variable '\${_NOM}' has invalid value:", "la variable « ${0} » n'a pas le type attendu."),
        (
            rf"Argument '{_NOM}' has invalid value: Expected variable '\${_NOM}' provided to non-null type",
            "la variable « ${1} » est obligatoire.",
        ),
        (rf"Unknown type '{_NOM}'", "le type « {0} » n'existe pas."),
        (rf"Unknown directive '@{_NOM}'", "la directive « @{0} » n'existe pas."),
        (rf"Unknown fragment '{_NOM}'", "le fragment « {0} » n'est pas défini."),
        (rf"Fragment '{_NOM}' is never used", "le fragment « {0} » n'est pas utilisé."),
        (rf"Fields '{_NOM}' conflict", "deux sélections « {0} » se contredisent : donnez-leur des alias."),
        (r"Syntax Error", "erreur de syntaxe GraphQL."),
        (r"The \w+ operation is not supported", "seule l'opération « query » est servie."),
    )
)
_GENERIQUE = "une valeur ou une construction n'est pas acceptée à cet endroit."


def _phrase(error: GraphQLError) -> str:
    """Return the French sentence for a complaint; a generic one when its English may hold a value."""
    for motif, modele in _PHRASES:
        if trouve := motif.match(error.message):
            return modele.format(*trouve.groups())
    return _GENERIQUE


def _lignes(error: GraphQLError) -> tuple[tuple[int, int], ...]:
    return tuple((place.line, place.column) for place in error.locations or ())


def invalid_document(errors: Sequence[GraphQLError]) -> RequeteInvalide:
    """Return the refusal of a document that does not parse or does not fit the schema."""
    lignes = _lignes(errors[0])
    ou = f"Ligne {lignes[0][0]}, colonne {lignes[0][1]} : " if lignes else ""
    return RequeteInvalide(ou + _phrase(errors[0]), lignes=lignes)


def invalid_values(errors: Sequence[GraphQLError]) -> ParametreInvalide:
    """Return the refusal of variables or arguments that do not fit their types."""
    texte = _phrase(errors[0])
    return ParametreInvalide(texte[0].upper() + texte[1:], lignes=_lignes(errors[0]))
