from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.identite import Identite
from graph.situation_fiscale import SituationFamilleFiscale
from providers.dgfip_situation_fiscale import SOURCE
from tests.providers.allers_retours import DERIVES, Chemin, Epreuve, chemins, mutations

ANNEE = 2025
EPREUVE = Epreuve(SOURCE, Demande(Identite(numero_fiscal="1234567890123"), annee_revenus=ANNEE))
TEXTES = st.none() | st.text(max_size=20)
MONTANTS = st.integers(1 - 2**53, 2**53 - 1)
NOMBRES = st.none() | st.integers(0, 40)
INDICATEURS = st.sampled_from((None, "", " ", "O", "N", "1", "0", "T"))
JOURS = st.dates()
#: Seen written both ways.
DATES = st.sampled_from((None, "", " ")) | JOURS.map(str) | JOURS.map(lambda jour: f"{jour:%d/%m}/{jour.year:04}")
ADRESSES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("complementAdresse", "voie", "codePostal", "commune"), TEXTES)
)
CASES = ("nbPac", "nbPacF", "nbPacG", "nbPacH", "nbPacI", "nbPacR", "nbPacJ", "nbPacN", "nbPacP")


def naissances() -> st.SearchStrategy[dict[str, str] | None]:
    """Draw a birth date in three texts, whose last parts are blank or zeros when they are unknown."""
    entieres = JOURS.map(lambda jour: {"jour": str(jour.day), "mois": f"{jour.month:02}", "annee": f"{jour.year:04}"})
    partielles = st.sampled_from(
        (
            {"jour": "", "mois": "6", "annee": "1987"},
            {"jour": "00", "mois": "00", "annee": "1987"},
            {"jour": " ", "mois": " ", "annee": " "},
            {},
        )
    )
    return st.none() | entieres | partielles


def declarant(rang: int) -> dict[str, Any]:
    noms = dict.fromkeys((f"nmNaiDec{rang}", f"nmUsaDec{rang}"), TEXTES)
    prenoms = st.sampled_from((None, " ", "ANNE", " JEAN-PAUL  MARC "))
    return {**noms, f"prnmDec{rang}": prenoms, f"dateNaisDec{rang}": naissances()}


CORPS = st.fixed_dictionaries(
    {
        "annRevenu": st.just(ANNEE),
        "rfr": MONTANTS,
        "nbPart": st.integers(0, 200).map(lambda quarts: quarts / 4) | st.integers(1, 20),
        "sitFam": st.sampled_from([str(situation.value) for situation in SituationFamilleFiscale]),
    },
    optional={
        **declarant(1),
        **declarant(2),
        **dict.fromkeys(
            ("revenuBrutGlobal", "revImposable", "impAvImput", "montTotIr", "mntRevbareme"), st.none() | MONTANTS
        ),
        **dict.fromkeys(("sitParIso", "indDeficit"), INDICATEURS),
        **dict.fromkeys(("datRec", "datEtab"), DATES),
        "pac": st.none() | st.fixed_dictionaries({}, optional=dict.fromkeys(CASES, NOMBRES)),
        "aft": TEXTES,
        "aftDetail": st.none() | ADRESSES,
        "rev": st.just({"tspr": [{"code": "1AJ", "valeur": 12}]}),
        "autre": TEXTES,
    },
)


@settings(max_examples=60, deadline=None)
@given(CORPS)
def test_whatever_the_contract_allows_is_read(corps: dict[str, Any]) -> None:
    EPREUVE.valide(corps)


@settings(max_examples=60, deadline=None)
@given(CORPS, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(corps: dict[str, Any], data: st.DataObject) -> None:
    EPREUVE.mutation(corps, *data.draw(mutations(corps)))


#: A notice that says everything.
COMPLET: dict[str, Any] = {
    "annRevenu": ANNEE,
    "rfr": 9001,
    "nbPart": 1.5,
    "sitFam": "M",
    "pac": dict.fromkeys(CASES, 1),
    "nmNaiDec1": "DUPONT",
    "nmUsaDec1": "DURAND",
    "prnmDec1": "JEAN MARTIN",
    "nmNaiDec2": "DURAND",
    "nmUsaDec2": "DURAND",
    "prnmDec2": "LEA",
    **{cle: {"jour": "19", "mois": "01", "annee": "1980"} for cle in ("dateNaisDec1", "dateNaisDec2")},
    "aft": "42 RUE DE LA PAIX 75002 PARIS",
    "aftDetail": {"complementAdresse": "B", "voie": "42 RUE DE LA PAIX", "codePostal": "75002", "commune": "PARIS"},
    "sitParIso": "O",
    "indDeficit": "N",
    "datRec": "31/07/2026",
    "datEtab": "2026-07-10",
    **dict.fromkeys(("revenuBrutGlobal", "revImposable", "impAvImput", "montTotIr", "mntRevbareme"), 100),
}


@pytest.mark.parametrize("chemin", list(chemins(COMPLET)), ids=str)
def test_no_single_change_breaks_the_reader_or_shows_a_value(chemin: Chemin) -> None:
    for valeur in DERIVES:
        EPREUVE.mutation(COMPLET, chemin, valeur)
