"""The personas as developers see them: an identity usable as it is, and what may be asked of it."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLSchema, is_required_argument

from graph.catalogue import blocs
from providers._personas import Persona
from sandbox.identites import CLES, ecrire


def presenter(persona: Persona, schema: GraphQLSchema) -> dict[str, Any]:
    """Return the JSON of one persona."""
    return {
        "nom": persona.nom,
        "description": persona.description,
        "identite": ecrire(persona.pivot, **{cle: getattr(persona, cle) for cle in CLES}),
        "arguments": {bloc: _valeurs(persona, bloc, noms) for bloc, noms in arguments_requis(schema).items()},
        "sources": sorted(persona.sources),
    }


def arguments_requis(schema: GraphQLSchema) -> Mapping[str, frozenset[str]]:
    """Return the required arguments of every bloc, by the bloc's name."""
    return {
        bloc: frozenset(nom for nom, argument in field.args.items() if is_required_argument(argument))
        for bloc, field in blocs(schema).items()
    }


def _valeurs(persona: Persona, bloc: str, noms: frozenset[str]) -> dict[str, Any]:
    """Return a value per required argument. Raise KeyError when the file of the persona forgets one."""
    connues = persona.arguments.get(bloc, {})
    return {nom: connues[nom] for nom in sorted(noms)}
