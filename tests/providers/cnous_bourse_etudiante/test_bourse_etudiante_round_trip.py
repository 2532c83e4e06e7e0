from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bourse_etudiante import EchelonBourseEtudiant
from graph.demande import Demande
from graph.identite import Identite
from providers.cnous_bourse_etudiante import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

INE = "1234567890G"
EPREUVE = Epreuve(SOURCE, Demande(Identite(ine=INE), annee_campagne=2025))

TEXTES = st.sampled_from([None, "", " ", "Brest", "SAINT-ÉTIENNE"])
NOMS = st.sampled_from(["MOUSTAKI", "D'Œuvre-Dupré"])
JOURS = st.dates().map(str)
INSTANTS = st.one_of(st.none(), st.just(""), JOURS, st.datetimes().map(lambda instant: f"{instant.isoformat()}Z"))
BOURSIERS = st.fixed_dictionaries(
    {
        "ine": st.sampled_from([None, "", INE, INE.lower()]),
        "lastName": NOMS,
        "firstName": TEXTES,
        "firstName2": TEXTES,
        "birthDate": INSTANTS,
        "birthPlace": st.one_of(st.none(), st.fixed_dictionaries({"libelle": TEXTES}, optional={"com": TEXTES})),
        "birthPlaceLibelle": TEXTES,
        "civility": st.sampled_from([None, "M", "F"]),
        "email": TEXTES,
        "boursier": st.booleans(),
        "removed": st.sampled_from(["O", "N"]),
        "removalDate": INSTANTS,
        "backToSchoolDate": INSTANTS,
        "paymentDuration": st.one_of(st.none(), st.integers(0, 12)),
        "studyTown": TEXTES,
        "schoolName": TEXTES,
        "grantEchelon": st.sampled_from([None, *(echelon.value for echelon in EchelonBourseEtudiant)]),
        "grantStatus": st.one_of(st.none(), st.integers(0, 9)),
        "campaign": st.fixed_dictionaries(
            {"year": st.sampled_from([2025, "2025"])}, optional={"active": st.booleans()}
        ),
    },
    optional={"firstName3": TEXTES, "grantLevel": TEXTES, "numberUaiRne": TEXTES},
)
CORPS: st.SearchStrategy[Any] = st.one_of(BOURSIERS, st.lists(BOURSIERS, min_size=1, max_size=1))


@given(CORPS)
@settings(max_examples=60, deadline=None)
def test_whatever_the_contract_allows_is_read(corps: Any) -> None:
    EPREUVE.valide(corps)


@given(CORPS.flatmap(lambda corps: st.tuples(st.just(corps), mutations(corps))))
@settings(max_examples=60, deadline=None)
def test_no_change_breaks_the_reader_or_shows_a_value(tire: Any) -> None:
    corps, mutation = tire
    EPREUVE.mutation(corps, *mutation)
