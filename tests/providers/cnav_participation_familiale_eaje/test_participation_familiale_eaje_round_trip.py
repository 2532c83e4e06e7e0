from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers.cnav_participation_familiale_eaje import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

PIVOT = IdentitePivot("MARTIN", ("Anne",), DateNaissance(1990, 2, 9), sexe=Sexe.F, code_pays="99350")
CAISSES = ("00810011", "00171001")
EPREUVES = st.sampled_from(
    [Epreuve(SOURCE, Demande(Identite(pivot=PIVOT)), (("x-apisecu-fd", code),)) for code in CAISSES]
)
TEXTES = st.none() | st.text(max_size=20)
ENTIERS = st.integers(0, 2**31 - 1)
JEUNES = st.sampled_from([None, "", "0000-00-00", "2020-00-00", "2019-11-00", "2019-11-24", "2026-11-23"])
DATES = JEUNES | st.dates().map(str) | st.sampled_from(["1980-06-00", "1980-00-00", "0000-06-12"])


def personnes(dates: st.SearchStrategy[str | None]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "nomNaissance": TEXTES,
            "listePrenoms": st.sampled_from([None, " ", "ANNE", " JEAN-PAUL  MARC "]),
            "genre": st.sampled_from([None, "", "M", "F"]),
            "dateNaissance": dates,
        },
        optional={"nomUsage": TEXTES, "cogNaissance": st.sampled_from([None, "", "75113", "2A004"]), "autre": TEXTES},
    )


LIGNES = ("identite", "complementInformation", "complementInformationGeo", "numeroLibelleVoie", "lieuDit")
CORPS = st.fixed_dictionaries(
    {
        "allocataires": st.lists(personnes(DATES), min_size=1, max_size=2),
        "enfants": st.tuples(personnes(JEUNES), personnes(DATES)).map(list),
        "adresse": st.fixed_dictionaries(
            {}, optional=dict.fromkeys((*LIGNES, "codePostalVille", "pays", "autre"), TEXTES)
        ),
        "nombreEnfantACharge": ENTIERS,
        "nombreBeneficiaireAEH": ENTIERS,
        "montantRessources": ENTIERS,
        "annee": st.integers(1900, 2030),
    },
    optional={"autre": TEXTES},
)


@settings(max_examples=60, deadline=None)
@given(EPREUVES, CORPS)
def test_whatever_the_contract_allows_is_read(epreuve: Epreuve, corps: dict[str, Any]) -> None:
    epreuve.valide(corps)


@settings(max_examples=60, deadline=None)
@given(EPREUVES, CORPS, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(epreuve: Epreuve, corps: dict[str, Any], data: st.DataObject) -> None:
    epreuve.mutation(corps, *data.draw(mutations(corps)))
