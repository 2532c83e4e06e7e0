from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.allers_retours import Epreuve, mutations
from tests.providers.prestations.epreuves import CAS, DEMANDE, Cas, ligne

DATES = st.none() | st.dates().map(str) | st.sampled_from(("", " "))


def lignes(cas: Cas) -> st.SearchStrategy[list[dict[str, Any]]]:
    codes = st.sampled_from((*cas.codes, "FA9999"))
    une = st.builds(ligne, codes, st.dates().map(str), st.sampled_from((10, 20)))
    return st.lists(une, max_size=3)


def corps(cas: Cas) -> st.SearchStrategy[dict[str, Any]]:
    """Every payload that the contract of a prestation allows."""
    optionnelles: dict[str, Any] = {"dateIndicateur": DATES, "champInconnu": st.text()}
    if cas.codes:
        optionnelles["listePrestation"] = st.none() | lignes(cas)
    return st.fixed_dictionaries({"indicateur": st.sampled_from((*cas.oui, cas.non))}, optional=optionnelles)


EPREUVES = st.sampled_from(CAS).flatmap(lambda cas: st.tuples(st.just(Epreuve(cas.source, DEMANDE)), corps(cas)))


@settings(max_examples=80, deadline=None)
@given(EPREUVES)
def test_every_payload_of_the_contract_is_read(tirage: tuple[Epreuve, dict[str, Any]]) -> None:
    epreuve, recu = tirage
    epreuve.valide(recu)


@settings(max_examples=120, deadline=None)
@given(EPREUVES, st.data())
def test_a_payload_that_drifts_gives_a_bloc_or_an_error_of_the_bloc(
    tirage: tuple[Epreuve, dict[str, Any]], data: st.DataObject
) -> None:
    epreuve, recu = tirage
    epreuve.mutation(recu, *data.draw(mutations(recu)))
