"""Whether an answer is about the person asked: surname, first given name, birth date, as far as both sides know them.

Names are compared in capitals without accents, hyphens nor apostrophes. The surname may be the nom d'usage of either
side, since persons and administrations mistake one for the other; the birth date has to agree on the parts known.
"""

from collections.abc import Iterable, Sequence

from graph.errors import IdentiteIncoherente, SourceReponseInvalide
from graph.identite import EtatCivil, Identite, IdentitePivot
from graph.source import Concordance
from providers._noms import LONGUEUR_MAX, nom_compare
from providers._normal import DERIVE


def confronter(identite: Identite, rendus: Sequence[EtatCivil]) -> tuple[Concordance | None, EtatCivil | None]:
    """Compare an answer with the question.

    Args:
        identite: whom the question is about.
        rendus: the états civils of the answer, one of which must be hers.

    Returns:
        What agrees, None when nothing can be compared; and the état civil that is hers, None when nothing tells which.

    Raises:
        IdentiteIncoherente: none of them is hers.
        SourceReponseInvalide: what one of them holds is too long to be a name.
    """
    if any(len(texte) > LONGUEUR_MAX for rendu in rendus for texte in _textes(rendu)):
        raise SourceReponseInvalide(cause=DERIVE)
    if identite.pivot is None or not rendus:
        return None, rendus[0] if len(rendus) == 1 else None
    comparees = [(comparer(identite.pivot, rendu), rendu) for rendu in rendus]
    concordance = min((comparee for comparee, _ in comparees), key=_rang)
    if _rang(concordance)[0]:
        raise IdentiteIncoherente(concordance)
    siens = {rendu for comparee, rendu in comparees if comparee == concordance}
    return (None if concordance == _RIEN else concordance), siens.pop() if len(siens) == 1 else None


def _textes(rendu: EtatCivil) -> tuple[str, ...]:
    return rendu.nom_naissance, rendu.nom_usage or "", " ".join(rendu.prenoms)


def comparer(demande: IdentitePivot, rendu: EtatCivil) -> Concordance:
    """Compare two états civils, part by part."""
    return Concordance(
        nom=_noms(demande, rendu),
        prenoms=_prenoms(demande.prenoms, rendu),
        date_naissance=_naissances(str(demande.naissance), rendu.naissance),
    )


_RIEN = Concordance(nom=None, prenoms=None, date_naissance=None)


def _rang(concordance: Concordance) -> tuple[int, int]:
    """Return what sorts the best first: how many parts differ, then how many agree."""
    parts = (concordance.nom, concordance.prenoms, concordance.date_naissance)
    return parts.count(False), -parts.count(True)


def _noms(demande: IdentitePivot, rendu: EtatCivil) -> bool | None:
    demandes = _formes(demande.nom_naissance, demande.nom_usage)
    rendus = _formes(rendu.nom_naissance, rendu.nom_usage)
    return not demandes.isdisjoint(rendus) if demandes and rendus else None


def _formes(*noms: str | None) -> set[str]:
    """Return surnames in one word: some administrations drop an apostrophe, others leave a space in its place."""
    return {forme for nom in noms if nom and (forme := nom_compare(nom).replace(" ", ""))}


def _prenoms(demandes: Sequence[str], rendu: EtatCivil) -> bool | None:
    """Compare the words of the first given name asked with those of the answer, as far as the shorter goes.

    A source that loses hyphens, or keeps one word only, cannot tell Jean-Paul from Jean, Paul; it can from Jean-Pierre.
    """
    voulus, lus = _mots(demandes[:1]), _mots(rendu.prenoms)
    if not (voulus and lus):
        return None
    coupe = rendu.prenom_max is not None and len(" ".join(rendu.prenoms)) >= rendu.prenom_max
    commun = min(len(voulus), len(lus))
    *debut, dernier = lus[:commun]
    fin = voulus[commun - 1]
    return debut == voulus[: commun - 1] and (
        fin.startswith(dernier) if coupe and commun == len(lus) else fin == dernier
    )


def _mots(prenoms: Iterable[str]) -> list[str]:
    return nom_compare(" ".join(prenoms)).split()


def _naissances(demande: str, rendue: str) -> bool | None:
    """Compare two dates YYYY-MM-DD on the parts that neither side writes as zeros."""
    connues = [
        (voulue, lue)
        for voulue, lue in zip(demande.split("-"), rendue.split("-"), strict=False)
        if voulue.strip("0") and lue.strip("0")
    ]
    return all(voulue == lue for voulue, lue in connues) if connues else None
