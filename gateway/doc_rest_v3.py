"""Write docs/depuis-rest-v3.md from the declarations: where each key of REST v3 is found here, and what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_list_type

from gateway.doc_rest_v3_texte import CODES, ERREURS, TETE
from graph._declaration import REST_V3, Scopes
from graph.catalogue import blocs, core, declaration, guard, python_type
from graph.schema import build_schema

#: Shown in a cell: none.
RIEN = "–"


@dataclass(frozen=True, slots=True)
class Cle:
    """How the keys met so far begin: `prefixe`, unless nothing in REST v3 answers to where we are."""

    prefixe: str
    existe: bool

    def suivre(self, field: GraphQLField) -> "Cle":
        """Return the key of a field below."""
        definition = declaration(field)
        dite = definition.metadata.get(REST_V3) if definition else None
        if dite is None:
            # No word of its own: its name, and the lot of the object that holds it.
            return Cle(self.prefixe + (definition.python_name if definition else ""), self.existe)
        return Cle(self.prefixe + dite, existe=bool(dite))

    def ouvrir(self, field: GraphQLField) -> "Cle":
        """Return how the keys below an object begin: those of an object without equivalent begin one level up."""
        dessous = self.suivre(field)
        if not dessous.existe:
            return Cle(self.prefixe, existe=False)
        return Cle(dessous.prefixe + ("[]." if is_list_type(field.type) else "."), existe=True)


@dataclass(frozen=True, slots=True)
class Correspondance:
    """A leaf: its path under Particulier, its key in REST v3 (blank: none), the guards met below its bloc."""

    chemin: str
    cle: str
    gardes: tuple[Scopes, ...]


def route(bloc: GraphQLField) -> str:
    """Return the path of REST v3 that a bloc takes over; blank: none."""
    return getattr(python_type(bloc), f"__{REST_V3}__", None) or ""


def correspondances(nom: str, bloc: GraphQLField) -> Iterator[Correspondance]:
    """Yield every leaf of a bloc, in the order of the declarations."""
    yield from _feuilles(nom, bloc, Cle("", existe=bool(route(bloc))), ())


def _feuilles(chemin: str, parent: GraphQLField, cle: Cle, gardes: tuple[Scopes, ...]) -> Iterator[Correspondance]:
    objet = get_named_type(parent.type)
    for nom, field in objet.fields.items() if isinstance(objet, GraphQLObjectType) else ():
        dessous, propre = f"{chemin}.{nom}", guard(field)
        ensemble = (*gardes, propre) if propre else gardes
        if isinstance(get_named_type(field.type), GraphQLObjectType):
            liste = "[]" if is_list_type(field.type) else ""
            yield from _feuilles(dessous + liste, field, cle.ouvrir(field), ensemble)
        else:
            fin = cle.suivre(field)
            yield Correspondance(dessous, fin.prefixe if fin.existe else "", ensemble)


def render() -> str:
    """Return the whole page, in Markdown."""
    schema = core(build_schema())
    return "".join((TETE, _codes(), "\n## Les adresses\n\n", _routes(schema), "\n## Les champs\n", *_blocs(schema)))


def _codes() -> str:
    lignes = (f"| {rest} | {situation} | {_mot(code)} |\n" for rest, situation, code in CODES)
    return ERREURS + "| REST v3 | situation | ici |\n|---|---|---|\n" + "".join(lignes)


def _routes(schema: GraphQLSchema) -> str:
    lignes = (f"| {_mot(route(bloc))} | [`{nom}`](#{nom.lower()}) |\n" for nom, bloc in blocs(schema).items())
    return "| REST v3, sans la modalité | bloc |\n|---|---|\n" + "".join(lignes)


def _blocs(schema: GraphQLSchema) -> Iterator[str]:
    for nom, bloc in blocs(schema).items():
        gardes = (guard(bloc),) if guard(bloc) else ()
        commun = f"Tout le bloc demande {_scopes(gardes)}.\n\n" if gardes else ""
        titre = "scopes en plus" if gardes else "scopes"
        lignes = (
            f"| {_mot(ligne.cle)} | `{ligne.chemin.partition('.')[2]}` | {_scopes(ligne.gardes)} |\n"
            for ligne in correspondances(nom, bloc)
        )
        yield f"\n### {nom}\n\n{bloc.description}\n\n{commun}| REST v3 | champ | {titre} |\n|---|---|---|\n"
        yield from lignes


def _scopes(gardes: tuple[Scopes, ...]) -> str:
    """Say what guards ask together; a choice beside another guard is put between brackets."""
    dits = [" ou ".join(" et ".join(map(_mot, groupe)) for groupe in garde) for garde in gardes]
    plusieurs = len(gardes) > 1
    return (
        " et ".join(
            f"({dit})" if plusieurs and len(garde) > 1 else dit for dit, garde in zip(dits, gardes, strict=True)
        )
        or RIEN
    )


def _mot(mot: str) -> str:
    return f"`{mot}`" if mot else RIEN
