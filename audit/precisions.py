"""The précisions of a person: facts beyond her état civil, which tell her from a homonym born the same day.

Each is a keyed digest bound to the état civil: the same fact said of another person has another digest.
"""

import hmac
from collections.abc import Iterator

from audit.textes import normalise
from graph.identite import EtatCivil, Identite, IdentitePivot

#: Hexadecimal digits: they are only ever compared among those who share an état civil.
_TAILLE = 16
#: Communes of the overseas departments and collectivities: the code of the department has three characters.
_OUTRE_MER = ("97", "98")
#: Cities, and their arrondissements, where one is born as the acte de naissance and FranceConnect have it.
_ARRONDISSEMENTS = {"75056": range(75101, 75121), "69123": range(69381, 69390), "13055": range(13201, 13217)}


def precisions(cle: bytes, etat_civil: str, personne: Identite | EtatCivil) -> tuple[str, ...]:
    """Return the digests of what is said of a person, beyond the canonical form of her état civil."""
    return tuple(empreinte(cle, etat_civil, fait) for fait in _faits(personne))


def empreinte(cle: bytes, etat_civil: str, fait: str) -> str:
    """Return the digest of one fact."""
    return hmac.digest(cle, f"precision|{etat_civil}|{fait}".encode(), "sha256").hex()[:_TAILLE]


def admis(pivot: IdentitePivot) -> Iterator[str]:
    """Yield every fact that may be said of a citizen whose acte de naissance is known: any other one contradicts."""
    mots = _mots(pivot.prenoms)
    yield from (_prenoms(mots[:combien]) for combien in range(2, len(mots) + 1))
    yield from (_premier(mots[:combien]) for combien in range(1, len(mots) + 1))
    yield from _faits_du_pivot(pivot)
    if pivot.code_commune:
        yield f"departement|{_departement(pivot.code_commune)}"
        yield from map(_commune, _autres_codes(pivot.code_commune))


def preuves(pivot: IdentitePivot) -> Iterator[frozenset[str]]:
    """Yield what a homonym born the same day does not share, each a set of facts: commune of birth, second given name.

    NOTE: « Jean-Pierre » and « Jean-Paul », twins, share both their commune and the first word of their given names:
    the commune proves nothing unless the whole first given name is said. That one alone is a name that homonyms share.
    """
    mots, premier = _mots(pivot.prenoms), len(_mots(pivot.prenoms[:1]))
    yield from (frozenset({_prenoms(mots[:combien])}) for combien in range(premier + 1, len(mots) + 1))
    if pivot.code_commune:
        entier = {_prenoms(mots[:premier])} if premier > 1 else set()
        yield frozenset({_commune(pivot.code_commune), *entier})


def indeniables(pivot: IdentitePivot) -> Iterator[frozenset[str]]:
    """Yield what, said of a citizen by a caller, nothing else that it says can deny; nothing when she has no commune.

    A source is not asked about all that is said to us: a second given name that nobody checks must not hide an access
    from her. Her first one, whole, is what a twin does not have, who shares her commune.
    """
    if pivot.code_commune:
        yield frozenset({_premier(_mots(pivot.prenoms[:1])), _commune(pivot.code_commune)})


def _faits(personne: Identite | EtatCivil) -> Iterator[str]:
    if isinstance(personne, EtatCivil):
        if not _coupes(personne):
            yield from _faits_des_prenoms(personne.prenoms)
    elif personne.pivot is not None:
        yield from _faits_des_prenoms(personne.pivot.prenoms)
        yield _premier(_mots(personne.pivot.prenoms[:1]))
        yield from _faits_du_pivot(personne.pivot)


def _faits_des_prenoms(prenoms: tuple[str, ...]) -> Iterator[str]:
    if len(mots := _mots(prenoms)) > 1:
        yield _prenoms(mots)


def _faits_du_pivot(pivot: IdentitePivot) -> Iterator[str]:
    if pivot.sexe is not None:
        yield f"sexe|{pivot.sexe.name}"
    if pivot.code_pays:
        yield f"pays|{pivot.code_pays}"
    if pivot.code_commune:
        yield _commune(pivot.code_commune)
    elif pivot.code_departement:
        yield f"departement|{pivot.code_departement.upper()}"


def _coupes(rendu: EtatCivil) -> bool:
    """Tell whether the source may have cut the given names: the last one then says nothing."""
    return rendu.prenom_max is not None and len(" ".join(rendu.prenoms)) >= rendu.prenom_max


def _mots(prenoms: tuple[str, ...]) -> list[str]:
    return normalise(" ".join(prenoms)).split()


def _prenoms(mots: list[str]) -> str:
    return f"prenoms|{' '.join(mots)}"


def _premier(mots: list[str]) -> str:
    return f"premier|{' '.join(mots)}"


def _commune(code: str) -> str:
    return f"commune|{code.upper()}"


def _autres_codes(code: str) -> Iterator[str]:
    """Yield what may be written for a commune: the city of an arrondissement, or those of a city. It proves nothing."""
    for ville, arrondissements in _ARRONDISSEMENTS.items():
        codes = list(map(str, arrondissements))
        if code == ville:
            yield from codes
        elif code in codes:
            yield ville


def _departement(commune: str) -> str:
    return commune.upper()[: 3 if commune.startswith(_OUTRE_MER) else 2]
