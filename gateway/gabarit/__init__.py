"""Scaffold a source: from two names to the files of a source that works at once, and the lines to add by hand."""

from pathlib import Path

from gateway.gabarit.fichiers import ecrire, mots_des_modeles, suite
from gateway.gabarit.noms import SourceRefusee, lire
from graph import particulier
from graph.catalogue import core
from graph.particulier import Particulier
from graph.schema import build_schema

__all__ = ["SourceRefusee", "preparer"]


def preparer(racine: Path, nom: str, bloc: str) -> tuple[list[Path], str]:
    """Write a new source.

    Args:
        racine: the root of the project.
        nom: the source's folder, in snake case: `cnous_bourse`.
        bloc: the graph type that it fills, in Pascal case: `BourseEtudiante`.

    Returns:
        The files written, relative to the root, and what remains to be done by hand, in French.

    Raises:
        SourceRefusee: a name is bad or taken; nothing was written.
    """
    pris = {*core(build_schema()).type_map, *vars(particulier), *dir(Particulier), *mots_des_modeles()}
    noms = lire(nom, bloc, pris)
    return ecrire(racine, noms), suite(noms)
