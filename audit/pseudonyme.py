"""The canonical identity of a person, and its keyed pseudonyms: how a citizen is found again without being named.

Two persons who share the surname, the first word of the given names and the birth date are one in `etat_civil`: true
homonyms, and twins called Marie-Claire and Marie-Louise. It is the price of meeting a same person across sources, some
of which lose accents and hyphens. A search on `etat_civil` alone may thus show the accesses about a homonym; one on
`ine`, `numero_fiscal`, another number or `identite_pivot` names one person, but meets only those who gave that key.
What else is said of the person of an `etat_civil` goes beside it as *précisions*, which tell homonyms apart
(`audit.rattachement`): bound to that état civil, they say nothing of anybody else.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import replace

from audit.precisions import precisions
from audit.textes import normalise
from audit.trace import Pseudonyme
from graph.identite import EtatCivil, Identite, IdentitePivot

INE, NUMERO_FISCAL, IDENTITE_PIVOT, ETAT_CIVIL = "ine", "numero_fiscal", "identite_pivot", "etat_civil"
FRANCE_TRAVAIL, SPORTIF = "identifiant_france_travail", "identifiant_sportif"
_ANNEE_INCONNUE = "0000"


def pseudonymes(cle: bytes, personne: Identite | EtatCivil) -> tuple[Pseudonyme, ...]:
    """Return one pseudonym per canonical form of a person.

    Args:
        cle: 32 secret bytes, kept outside the databases (`audit.cle`).
        personne: the keys that a caller gave, or the état civil that a source returned.

    Returns:
        For each key given, HMAC-SHA256(cle, kind "|" form); an identité pivot also gives `etat_civil`.
    """
    return tuple(
        Pseudonyme(
            genre,
            _empreinte(cle, genre, forme),
            precisions(cle, forme, personne) if genre == ETAT_CIVIL else (),
        )
        for genre, forme in canonique(personne)
    )


def fondre(trouves: Iterable[Pseudonyme]) -> tuple[Pseudonyme, ...]:
    """Merge the pseudonyms that several sources returned: each once, with all that they said of its person."""
    fondus: dict[Pseudonyme, Pseudonyme] = {}
    for un in trouves:
        dits = fondus[un].precisions if un in fondus else ()
        fondus[un] = replace(un, precisions=tuple(dict.fromkeys((*dits, *un.precisions))))
    return tuple(fondus.values())


def canonique(personne: Identite | EtatCivil) -> Iterator[tuple[str, str]]:
    """Yield (kind, canonical form) for each way of naming a person. Clear text: never stored, never printed.

    The état civil is `SURNAME|FIRST GIVEN NAME|YYYY-MM-DD`; without a surname, a given name or a year of birth it would
    name too many persons, and none is yielded.
    """
    if isinstance(personne, EtatCivil):
        yield from _etat_civil(personne.nom_naissance, personne.prenoms, personne.naissance)
        return
    if personne.ine is not None:
        yield INE, personne.ine.strip().upper()
    if personne.numero_fiscal is not None:
        yield NUMERO_FISCAL, personne.numero_fiscal.strip()
    if personne.identifiant_france_travail is not None:
        yield FRANCE_TRAVAIL, personne.identifiant_france_travail.strip()
    if personne.identifiant_sportif is not None:
        yield SPORTIF, personne.identifiant_sportif.strip()
    if (pivot := personne.pivot) is not None:
        yield IDENTITE_PIVOT, _pivot(pivot)
        yield from _etat_civil(pivot.nom_naissance, pivot.prenoms, str(pivot.naissance))


def _etat_civil(nom: str, prenoms: Iterable[str], naissance: str) -> Iterator[tuple[str, str]]:
    # NOTE: « Jean-Pierre », « JEAN PIERRE » and « JEAN », « PIERRE » are one man as sources tell him: his first word.
    premier = normalise(" ".join(prenoms)).partition(" ")[0]
    if nom.strip() and premier and not naissance.startswith(_ANNEE_INCONNUE):
        yield ETAT_CIVIL, f"{normalise(nom)}|{premier}|{naissance}"


def _pivot(pivot: IdentitePivot) -> str:
    """Write every fact of a pivot that an acte de naissance bears; the nom d'usage is not one."""
    commune = pivot.code_commune or f"{pivot.nom_commune or ''} {pivot.code_departement or ''}"
    sexe = pivot.sexe.name if pivot.sexe else ""
    noms = (pivot.nom_naissance, " ".join(pivot.prenoms))
    lieu = (pivot.code_pays or "", commune)
    return "|".join((*map(normalise, noms), str(pivot.naissance), sexe, *map(normalise, lieu)))


def _empreinte(cle: bytes, genre: str, forme: str) -> str:
    return hmac.digest(cle, f"{genre}|{forme}".encode(), "sha256").hex()
