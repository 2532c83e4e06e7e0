"""The two names of a new source, and every name that follows from them."""

import builtins
import re
from collections.abc import Collection
from dataclasses import dataclass
from keyword import iskeyword

_NOM = re.compile(r"[a-z]+(_[a-z]+)*")
_BLOC = re.compile(r"([A-Z][a-z]+)+")
#: Longer names would not leave room for the rest of a line.
_TAILLE_MAX = 40


class SourceRefusee(Exception):  # noqa: N818 - the domain's nouns are French
    """The source cannot be scaffolded, and nothing was written; its text is a French sentence for the developer."""


@dataclass(frozen=True, slots=True)
class Noms:
    """The names of a source and of its bloc. Every property is a word of the templates."""

    nom: str
    """The source's folder: `cnous_bourse`."""
    bloc: str
    """The graph type that it fills: `BourseEtudiante`."""

    @property
    def module(self) -> str:
        """Return the bloc in snake case, as modules and fields are named: `bourse_etudiante`."""
        return re.sub("(?<!^)(?=[A-Z])", "_", self.bloc).lower()

    @property
    def champ(self) -> str:
        """Return the field of Particulier: `bourseEtudiante`."""
        return self.bloc[0].lower() + self.bloc[1:]

    @property
    def administration(self) -> str:
        """Return who holds the data, by the first word of the source: `CNOUS`."""
        return self.nom.partition("_")[0].upper()

    @property
    def libelle(self) -> str:
        """Return the bloc in words: `Bourse etudiante`."""
        return self.module.replace("_", " ").capitalize()

    @property
    def tirets(self) -> str:
        """Return the source as personas are named: `cnous-bourse`."""
        return self.nom.replace("_", "-")

    @property
    def famille(self) -> str:
        """Return a surname that no other persona bears: `ESSAI CNOUS BOURSE`."""
        return f"ESSAI {self.nom.replace('_', ' ').upper()}"

    def mots(self) -> dict[str, str]:
        """Return every word of the templates."""
        derives = ("module", "champ", "administration", "libelle", "tirets", "famille")
        return {"nom": self.nom, "bloc": self.bloc} | {mot: getattr(self, mot) for mot in derives}


def lire(nom: str, bloc: str, pris: Collection[str]) -> Noms:
    """Return the names of a source; `pris` holds those that mean something already. Raise SourceRefusee."""
    if not _NOM.fullmatch(nom) or len(nom) > _TAILLE_MAX or iskeyword(nom):
        raise SourceRefusee(
            f"NOM : des mots en minuscules ASCII joints par « _ », {_TAILLE_MAX} signes au plus ; ex. cnous_bourse."
        )
    if not _BLOC.fullmatch(bloc) or len(bloc) > _TAILLE_MAX or iskeyword(bloc.lower()):
        raise SourceRefusee(
            f"BLOC : des mots en PascalCase ASCII, {_TAILLE_MAX} signes au plus ; par exemple BourseEtudiante."
        )
    noms = Noms(nom, bloc)
    if not {noms.bloc, noms.module, noms.champ}.isdisjoint({*pris, *vars(builtins)}):
        raise SourceRefusee(f"BLOC : le nom {bloc} a déjà un sens dans le projet, choisissez-en un autre.")
    return noms
