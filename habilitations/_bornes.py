"""The figures that protect people, each with its reason, and the pure rules drawn from them."""

from collections.abc import Iterable

from graph.errors import Absent, ErreurDeBloc, IdentiteIncoherente

#: Source calls per second and token: what the REST predecessor grants, and callers are built for.
APPELS_PAR_SECONDE = 20
#: Source calls that one request may ask at once when its window is empty: the most that any request may hold, all
#: persons together (`resolvers.cost.Limites.appels_en_tout`). What exceeds a window is owed by the following ones, so
#: that the rate holds in the long run.
RAFALE = 100

#: Seconds over which distinct persons are counted: any hour, and not the clock's, at whose turn the bound would double.
HEURE = 3600
#: Distinct persons per hour and token: enough for a large school on the day of its enrolments, while a source of
#: 36 million persons would take four years without a stop to be emptied.
PERSONNES_PAR_HEURE = 1_000
#: How many times the declared volume is borne: deadlines and school terms gather a month in a week.
MARGE_DE_VOLUME = 3
#: Hours in which a declared year is consumed: the legal working year of the French civil service.
HEURES_OUVREES = 1_607
#: Never fewer persons per hour than this: a declared volume of some hundreds a year would otherwise forbid two families
#: in a row; and 16 over the bound is what the promise tolerates.
PERSONNES_PLANCHER = 16

#: INE that a citizen may say are hers, per hour, to read her journal: she has one, and may mistype it.
INE_PAR_HEURE = 3

#: Answers of an hour below which nothing is concluded: with 200, a caller of 2,000 answers an hour who mistypes one
#: identity in 20 is slowed down in one hour of 400.
REPONSES_MIN = 200
#: Share of the answers that may find nobody, per cent: a list of real persons stays under it, a guesser does not.
INTROUVABLES_POUR_CENT = 10
#: Once over it: persons per minute, and for how many seconds. Slower than a script, faster than a counter: whoever has
#: a good reason goes on working, whoever guesses makes 600 trials an hour, under the bound that suspends.
PERSONNES_AU_RALENTI, MINUTE, FREIN = 10, 60, 600


def borne_personnes(volume_annuel: int | None, personnes_par_requete: int = 1) -> int:
    """Return how many distinct persons a token may consult per hour.

    Args:
        volume_annuel: calls a year that the grant declares; None when it declares nothing.
        personnes_par_requete: what the grant allows in one request, which must never suspend by itself.

    Returns:
        PERSONNES_PAR_HEURE, or 3 times the declared hourly volume when it is lower, but not under the floor.
    """
    if volume_annuel is None:
        return PERSONNES_PAR_HEURE
    declaree = MARGE_DE_VOLUME * volume_annuel // HEURES_OUVREES
    return min(PERSONNES_PAR_HEURE, max(PERSONNES_PLANCHER, personnes_par_requete, declaree))


def decompte(erreurs: Iterable[ErreurDeBloc | None]) -> tuple[int, int]:
    """Return how many answers of sources found the person, and how many did not.

    Args:
        erreurs: for each bloc asked of a source, its error; None when it was obtained.

    Returns:
        (found, not found). ABSENT and IDENTITE_INCOHERENTE find nobody; a source that is down, or cannot tell, says
        nothing either way.
    """
    trouvees = introuvables = 0
    for erreur in erreurs:
        trouvees += erreur is None
        introuvables += isinstance(erreur, Absent | IdentiteIncoherente)
    return trouvees, introuvables


def excessif(reponses: int, introuvables: int) -> bool:
    """Tell whether too many of the answers of an hour found nobody."""
    return reponses >= REPONSES_MIN and introuvables * 100 > reponses * INTROUVABLES_POUR_CENT
