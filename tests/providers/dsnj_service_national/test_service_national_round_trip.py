from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers.dsnj_service_national import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

PIVOT = IdentitePivot("DUPONT", ("Jean",), DateNaissance(2006, 2, 9), sexe=Sexe.M, code_pays="99100")
EPREUVE = Epreuve(SOURCE, Demande(Identite(pivot=PIVOT)))
TEXTES = st.text(max_size=20)
IDENTITES = st.fixed_dictionaries(
    {
        "given_name": st.sampled_from(["Jean", "Jean-Paul", " Zoe "]),
        "family_name": st.sampled_from(["DUPONT", "D'ARC", " LE GOFF "]),
        "birthdate": st.dates().map(str),
    },
    optional={
        "gender": st.sampled_from(["male", "female"]),
        "birthplace": st.none() | st.just("75101"),
        "birthcountry": st.just("99100"),
    },
)
RESULTATS = st.fixed_dictionaries(
    {
        "code": st.just("OK"),
        "identite_pivot": IDENTITES,
        "en_regle": st.sampled_from(["En règle", "Pas en règle", "Indéterminé", "Non concerné"]),
    },
    optional={"complement": st.none() | TEXTES, "autre": TEXTES},
)
CORPS = st.fixed_dictionaries(
    {"return_code": st.just("OK"), "results": st.lists(RESULTATS, min_size=1, max_size=1)},
    optional={"error_msg": st.none() | TEXTES},
)


@settings(max_examples=60, deadline=None)
@given(CORPS)
def test_whatever_the_contract_allows_is_read(corps: dict[str, Any]) -> None:
    EPREUVE.valide(corps)


@settings(max_examples=60, deadline=None)
@given(CORPS, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(corps: dict[str, Any], data: st.DataObject) -> None:
    EPREUVE.mutation(corps, *data.draw(mutations(corps)))
