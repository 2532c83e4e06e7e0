"""A person as a bundle of keys: its frozen form, the keys that a source accepts, and the état civil behind a key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from graph.enums import Sexe
from graph.errors import IdentifiantManquant

FRANCE = "99100"


@dataclass(frozen=True, slots=True)
class DateNaissance:
    """A birth date whose day, or day and month, or everything, may be unknown (None)."""

    annee: int | None = field(default=None, repr=False)
    mois: int | None = field(default=None, repr=False)
    jour: int | None = field(default=None, repr=False)

    @property
    def complete(self) -> bool:
        """Say whether the day is known."""
        return self.jour is not None

    def __str__(self) -> str:
        """Write the date as YYYY-MM-DD with zeros for the unknown parts."""
        return f"{self.annee or 0:04}-{self.mois or 0:02}-{self.jour or 0:02}"


@dataclass(frozen=True, slots=True)
class IdentitePivot:
    """An état civil, validated: names as typed (trimmed), COG codes, partial birth date."""

    nom_naissance: str = field(repr=False)
    prenoms: tuple[str, ...] = field(repr=False)
    naissance: DateNaissance = field(default=DateNaissance(), repr=False)
    sexe: Sexe | None = field(default=None, repr=False)
    code_pays: str | None = field(default=None, repr=False)
    code_commune: str | None = field(default=None, repr=False)
    nom_commune: str | None = field(default=None, repr=False)
    code_departement: str | None = field(default=None, repr=False)
    nom_usage: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identite:
    """The bundle of keys of one person. Each source takes the first one it understands."""

    pivot: IdentitePivot | None = field(default=None, repr=False)
    ine: str | None = field(default=None, repr=False)
    numero_fiscal: str | None = field(default=None, repr=False)
    identifiant_france_travail: str | None = field(default=None, repr=False)
    identifiant_sportif: str | None = field(default=None, repr=False)
    france_connect: bool = field(default=False, repr=False)
    """Whether FranceConnect named her: the pivot is then hers for certain, and there is no other key."""


@dataclass(frozen=True, slots=True)
class EtatCivil:
    """The état civil that an answer carries: compared with the one asked, and the audit derives a pseudonym from it."""

    nom_naissance: str = field(repr=False)
    """Blank when the source does not say."""
    prenoms: tuple[str, ...] = field(repr=False)
    """Empty when the source does not say."""
    naissance: str = field(repr=False)
    """YYYY-MM-DD, zeros for unknown parts."""
    nom_usage: str | None = field(default=None, repr=False)
    prenom_max: int | None = None
    """Length at which the source cuts the first names, if it does."""


@dataclass(frozen=True, slots=True)
class Identification:
    """One way for a source to recognise a person: `texte` names it, `possible` tells if the bundle allows it."""

    texte: str
    possible: Callable[[Identite], bool]


def choisir(identite: Identite, acceptees: Sequence[Identification]) -> Identification:
    """Return the first of the source's ways that the bundle allows. Raise IdentifiantManquant naming them all."""
    for identification in acceptees:
        if identification.possible(identite):
            return identification
    raise IdentifiantManquant(tuple(identification.texte for identification in acceptees))


def _naissance_situee(pivot: IdentitePivot) -> bool:
    """Tell whether the place of birth is enough for the SNGI: a country, and in France a commune."""
    if pivot.code_pays != FRANCE:
        return pivot.code_pays is not None
    return bool(pivot.code_commune) or _commune_nommee(pivot)


def _commune_nommee(pivot: IdentitePivot) -> bool:
    return bool(pivot.nom_commune and pivot.code_departement and pivot.naissance.annee)


INE = Identification("ine", lambda i: i.ine is not None)
NUMERO_FISCAL = Identification("numeroFiscal", lambda i: i.numero_fiscal is not None)
IDENTIFIANT_FRANCE_TRAVAIL = Identification(
    "identifiantFranceTravail", lambda i: i.identifiant_france_travail is not None
)
IDENTIFIANT_SPORTIF = Identification("identifiantSportif", lambda i: i.identifiant_sportif is not None)
PIVOT_DATE = Identification(
    "identitePivot avec une date de naissance complète",
    lambda i: i.pivot is not None and i.pivot.naissance.complete,
)
PIVOT_COMPLET = Identification(
    "identitePivot avec sexeEtatCivil et date de naissance complète",
    lambda i: i.pivot is not None and i.pivot.sexe is not None and i.pivot.naissance.complete,
)
#: FranceConnect always gives the sex and the whole birth date.
FRANCE_CONNECT = Identification(
    "FranceConnect (en-tête X-FranceConnect-Token)", lambda i: i.france_connect and PIVOT_COMPLET.possible(i)
)
PIVOT_PAYS = Identification(
    "identitePivot avec sexeEtatCivil, date de naissance complète et codeCogInseePaysNaissance",
    lambda i: PIVOT_COMPLET.possible(i) and i.pivot is not None and i.pivot.code_pays is not None,
)
#: How the commune is found when its code is not known.
COMMUNE_NOMMEE = Identification(
    "identitePivot avec anneeDateNaissance, nomCommuneNaissance et codeCogInseeDepartementNaissance",
    lambda i: i.pivot is not None and _commune_nommee(i.pivot),
)
PIVOT_SITUE = Identification(
    "identitePivot avec sexeEtatCivil, codeCogInseePaysNaissance et, pour la France, codeCogInseeCommuneNaissance "
    "(ou anneeDateNaissance, nomCommuneNaissance et codeCogInseeDepartementNaissance)",
    lambda i: i.pivot is not None and i.pivot.sexe is not None and _naissance_situee(i.pivot),
)
