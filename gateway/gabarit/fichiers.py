"""The files of a new source, rendered from the templates, in the style of the project, then written all at once."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Template

from gateway.gabarit.noms import Noms, SourceRefusee

_MODELES = Path(__file__).with_name("modeles")
#: Each file of a source, and its template.
_FICHIERS = {
    "providers/$nom/__init__.py": "__init__.py.txt",
    "providers/$nom/adapter.py": "adapter.py.txt",
    "providers/$nom/messages.py": "messages.py.txt",
    "providers/$nom/simulator.py": "simulator.py.txt",
    "graph/$module.py": "graph.py.txt",
    "tests/providers/$nom/test_$nom.py": "test.py.txt",
    "sandbox/personas/$nom.yaml": "personas.yaml.txt",
}
#: Where the names of imports depend on those of the source, their order does too.
_MISE_EN_FORME = (("check", "--quiet", "--fix", "--select", "I"), ("format", "--quiet"))


def ecrire(racine: Path, noms: Noms) -> list[Path]:
    """Write the files of a source.

    Args:
        racine: the root of the project.
        noms: the names of the source.

    Returns:
        Their paths, relative to the root.

    Raises:
        SourceRefusee: one of them exists, the root is not ours, or ruff is missing; nothing was written.
    """
    _verifier(racine, noms)
    textes = {chemin: _mettre_en_forme(racine, chemin, texte) for chemin, texte in _rendre(noms)}
    for chemin, texte in textes.items():
        (racine / chemin).parent.mkdir(parents=True, exist_ok=True)
        (racine / chemin).write_text(texte, encoding="utf-8")
    return list(textes)


def suite(noms: Noms) -> str:
    """Return what remains to be done by hand, in French."""
    return _modele("suite.txt", noms)


def mots_des_modeles() -> set[str]:
    """Return every word of the code that is written: a bloc of that name would be taken for something else."""
    modeles = (_MODELES / modele for modele in _FICHIERS.values() if modele.endswith(".py.txt"))
    return {mot for modele in modeles for mot in re.findall(r"\w+", modele.read_text(encoding="utf-8"))}


def _verifier(racine: Path, noms: Noms) -> None:
    if not (racine / "graph/particulier.py").is_file():
        raise SourceRefusee("Lancez cette commande à la racine du projet.")
    if find_spec("ruff") is None:
        raise SourceRefusee("ruff est nécessaire pour mettre en forme les fichiers : lancez « make setup ».")
    chemins = [f"providers/{noms.nom}", f"tests/providers/{noms.nom}", *(str(chemin) for chemin, _ in _rendre(noms))]
    existants = [chemin for chemin in chemins if (racine / chemin).exists()]
    if existants:
        raise SourceRefusee(f"{existants[0]} existe déjà : choisissez un autre nom.")


def _rendre(noms: Noms) -> Iterator[tuple[Path, str]]:
    for chemin, modele in _FICHIERS.items():
        yield Path(Template(chemin).substitute(noms.mots())), _modele(modele, noms)


def _modele(nom: str, noms: Noms) -> str:
    return Template((_MODELES / nom).read_text(encoding="utf-8")).substitute(noms.mots())


def _mettre_en_forme(racine: Path, chemin: Path, texte: str) -> str:
    if chemin.suffix != ".py":
        return texte
    for commande in _MISE_EN_FORME:
        ruff = [sys.executable, "-m", "ruff", *commande, "--stdin-filename", str(chemin), "-"]
        fini = subprocess.run(ruff, cwd=racine, input=texte, capture_output=True, text=True, check=True)  # noqa: S603 - our own templates, and names that were checked
        texte = fini.stdout
    return texte
