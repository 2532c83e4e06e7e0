"""The agreed table of fields: what every leaf of the graph is called, its type, its scopes, its key in REST v3."""

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("champs.txt")
#: In a cell: none.
RIEN = "-"
#: What is no bloc: the entries of `Particulier.sources`.
SOURCES = "sources"


@dataclass(frozen=True)
class Ligne:
    """A leaf, or a bloc when its path is one name."""

    chemin: str
    type: str
    #: All of them are needed; one of them may be a choice, `a / b`.
    scopes: frozenset[str]
    rest_v3: str

    @property
    def bloc(self) -> str:
        return self.chemin.partition(".")[0].removesuffix("[]")


def lire() -> list[Ligne]:
    """Return the lines of the table, in its order."""
    textes = TABLE.read_text(encoding="utf-8").splitlines()
    return [ligne(texte) for texte in textes if texte and not texte.startswith("#")]


def ligne(texte: str) -> Ligne:
    chemin, type_, scopes, rest_v3 = texte.split(" | ")
    return Ligne(chemin, type_, frozenset(scopes.split(" + ")) - {RIEN}, rest_v3)


def feuilles() -> list[Ligne]:
    """Return the lines of leaves, each with the scopes of its bloc added to its own."""
    lignes = lire()
    du_bloc = {ligne.chemin: ligne.scopes for ligne in lignes}
    return [
        Ligne(ligne.chemin, ligne.type, ligne.scopes | du_bloc.get(ligne.bloc, frozenset()), ligne.rest_v3)
        for ligne in lignes
        if "." in ligne.chemin
    ]
