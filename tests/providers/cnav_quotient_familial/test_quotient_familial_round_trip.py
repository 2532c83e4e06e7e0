from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers.cnav_quotient_familial import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

PIVOT = IdentitePivot("MARTIN", ("Anne",), DateNaissance(1990, 2, 9), sexe=Sexe.F, code_pays="99350")
DEMANDE = Demande(Identite(pivot=PIVOT), annee=2026, mois=10)
CNAF, MSA = (Epreuve(SOURCE, DEMANDE, (("x-apisecu-fd", code),)) for code in ("00810011", "00171001"))
TEXTES = st.none() | st.text(max_size=20)
DATES = st.sampled_from([None, "", " ", "0000-00-00", "1980-06-00", "1980-00-00", "0000-06-12"]) | st.dates().map(str)
PERSONNES = st.fixed_dictionaries(
    {
        "nomNaissance": TEXTES,
        "listePrenoms": st.sampled_from([None, " ", "ANNE", " JEAN-PAUL  MARC "]),
        "genre": st.sampled_from([None, "", "M", "F"]),
    },
    optional={"nomUsage": TEXTES, "dateNaissance": DATES, "autre": TEXTES},
)
LIGNES = ("identite", "complementInformation", "complementInformationGeo", "numeroLibelleVoie", "lieuDit")
FOYER = {
    "allocataires": st.lists(PERSONNES, min_size=1, max_size=2),
    "adresse": st.fixed_dictionaries({}, optional=dict.fromkeys((*LIGNES, "codePostalVille", "pays", "autre"), TEXTES)),
}
OPTIONS = {"enfants": st.none() | st.lists(PERSONNES, max_size=3), "autre": TEXTES}
QUOTIENTS, BLANCS = st.integers(0, 2**31 - 1), st.sampled_from([None, "", " "])
CALCUL = {"annee": st.integers(1900, 2030), "mois": st.integers(1, 12)}
#: The CNAF dates what it computed; the MSA dates nothing.
EPREUVES = st.one_of(
    st.tuples(
        st.just(CNAF), st.fixed_dictionaries({**FOYER, **CALCUL, "quotientFamilial": QUOTIENTS}, optional=OPTIONS)
    ),
    st.tuples(st.just(CNAF), st.fixed_dictionaries(FOYER, optional={**OPTIONS, **CALCUL, "quotientFamilial": BLANCS})),
    st.tuples(
        st.just(MSA),
        st.fixed_dictionaries(FOYER, optional={**OPTIONS, **CALCUL, "quotientFamilial": QUOTIENTS | BLANCS}),
    ),
)


@settings(max_examples=60, deadline=None)
@given(EPREUVES)
def test_whatever_the_contract_allows_is_read(tirage: tuple[Epreuve, dict[str, Any]]) -> None:
    epreuve, corps = tirage
    epreuve.valide(corps)


@settings(max_examples=60, deadline=None)
@given(EPREUVES, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(tirage: tuple[Epreuve, dict[str, Any]], data: st.DataObject) -> None:
    epreuve, corps = tirage
    epreuve.mutation(corps, *data.draw(mutations(corps)))
