"""Every small change that could be made to a module, each of which a test should notice."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_COMPARAISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
#: What says nothing of behaviour: how things are declared and annotated.
_DECLARATIFS = (ast.Import, ast.ImportFrom, ast.arguments)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change."""

    ligne: int
    quoi: str
    arbre: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its lines."""
    arbre = ast.parse(source)
    noeuds = list(_judged(arbre))
    for rang, noeud in enumerate(noeuds):
        for variante, (quoi, _) in enumerate(_changes(noeud)):
            mute = copy.deepcopy(arbre)
            cible = list(_judged(mute))[rang]
            _, changer = list(_changes(cible))[variante]
            changer()
            yield Mutant(_line(noeud), quoi, ast.fix_missing_locations(mute))


def _line(noeud: Any) -> int:
    return noeud.target.lineno if isinstance(noeud, ast.comprehension) else getattr(noeud, "lineno", 0)


def _judged(noeud: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes whose change would matter: no import, annotation, default, decorator nor docstring."""
    yield noeud
    for nom, valeur in ast.iter_fields(noeud):
        if nom in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for enfant in valeur if isinstance(valeur, list) else [valeur]:
            if isinstance(enfant, ast.AST) and not isinstance(enfant, _DECLARATIFS) and not _says_nothing(enfant):
                yield from _judged(enfant)


def _says_nothing(noeud: ast.AST) -> bool:
    """Tell whether nothing depends on a node: a docstring, or `zip(strict=True)`, which tells a fault of ours."""
    return _is_text(noeud) or (isinstance(noeud, ast.keyword) and noeud.arg == "strict")


def _is_text(noeud: ast.AST) -> bool:
    return isinstance(noeud, ast.Expr) and isinstance(noeud.value, ast.Constant)


def _changes(noeud: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the changes of one node: what each is, and how it is made in place."""
    if isinstance(noeud, ast.Compare):
        for rang, operateur in enumerate(noeud.ops):
            autre = _COMPARAISONS[type(operateur)]
            yield f"{type(operateur).__name__} → {autre.__name__}", _setter(noeud.ops, rang, autre())
    elif isinstance(noeud, ast.BoolOp):
        autre_bool = ast.Or() if isinstance(noeud.op, ast.And) else ast.And()
        yield f"{type(noeud.op).__name__} → {type(autre_bool).__name__}", _attribute(noeud, "op", autre_bool)
    elif isinstance(noeud, ast.BinOp) and type(noeud.op) in _OPERATIONS:
        autre_op = _OPERATIONS[type(noeud.op)]
        yield f"{type(noeud.op).__name__} → {autre_op.__name__}", _attribute(noeud, "op", autre_op())
    elif isinstance(noeud, ast.Constant):
        yield from _constants(noeud)
    elif isinstance(noeud, (ast.If, ast.IfExp, ast.While)):
        nie = ast.UnaryOp(ast.Not(), noeud.test)
        yield "condition niée", _attribute(noeud, "test", nie)
    elif isinstance(noeud, ast.comprehension) and noeud.ifs:
        yield "filtre ôté", _attribute(noeud, "ifs", [])
    elif isinstance(noeud, ast.Return) and noeud.value is not None and not _is_none(noeud.value):
        yield "return → None", _attribute(noeud, "value", ast.Constant(None))
    yield from _removals(noeud)


def _constants(noeud: ast.Constant) -> Iterator[tuple[str, Callable[[], None]]]:
    valeur = noeud.value
    if isinstance(valeur, bool):
        yield f"{valeur} → {not valeur}", _attribute(noeud, "value", not valeur)
    elif isinstance(valeur, int):
        yield f"{valeur} → {valeur + 1}", _attribute(noeud, "value", valeur + 1)
    elif isinstance(valeur, (str, bytes)) and valeur and not _is_sentence(valeur):
        autre = valeur + (" " if isinstance(valeur, str) else b" ")  # type: ignore[operator]  # both are of one type
        yield f"{valeur!r} allongé", _attribute(noeud, "value", autre)


def _is_sentence(valeur: str | bytes) -> bool:
    """Tell what is read by people, which no rule depends on."""
    return isinstance(valeur, str) and " " in valeur.strip()


def _removals(noeud: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the removals of one statement from a block."""
    for nom in ("body", "orelse", "finalbody"):
        bloc = getattr(noeud, nom, None)
        if not isinstance(bloc, list) or isinstance(noeud, (ast.Module, ast.ClassDef)):
            continue
        for rang, une in enumerate(bloc):
            actif = isinstance(une, ast.Expr) and not _is_text(une)
            if actif or isinstance(une, (ast.Raise, ast.Continue, ast.Break, ast.AugAssign)):
                yield f"ligne {une.lineno} ôtée ({type(une).__name__})", _setter(bloc, rang, ast.Pass())


def _is_none(noeud: ast.AST) -> bool:
    return isinstance(noeud, ast.Constant) and noeud.value is None


def _setter(liste: list[Any], rang: int, valeur: Any) -> Callable[[], None]:
    def change() -> None:
        liste[rang] = valeur

    return change


def _attribute(noeud: ast.AST, nom: str, valeur: Any) -> Callable[[], None]:
    return lambda: setattr(noeud, nom, valeur)
