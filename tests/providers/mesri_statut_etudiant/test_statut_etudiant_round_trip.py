from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.statut_etudiant import CodeRegimeFormation
from providers.mesri_statut_etudiant import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

INE = "1234567890G"
PIVOT = IdentitePivot("DUPONT", ("Jean",), DateNaissance(2000, 1, 1), sexe=Sexe.M)
EPREUVES = st.sampled_from([Epreuve(SOURCE, Demande(une)) for une in (Identite(ine=INE), Identite(pivot=PIVOT))])
TEXTES = st.none() | st.text(max_size=20)
JOURS = st.dates().map(str)
DATES = st.sampled_from([None, "", " "]) | JOURS | JOURS.map(lambda jour: f"{jour}T00:00:00.000Z")
INSCRIPTIONS = st.fixed_dictionaries(
    {
        "dateDebutInscription": DATES,
        "dateFinInscription": DATES,
        "statut": st.sampled_from(["inscrit", "admis"]),
        "codeCommune": st.sampled_from([None, "", "75113", "2A004"]),
        "etablissement": st.none() | st.fixed_dictionaries({"uai": TEXTES, "nomEtablissement": TEXTES}),
        "regime": TEXTES | st.sampled_from([str(code.value) for code in CodeRegimeFormation]),
    },
    optional={"autre": TEXTES},
)
CORPS = st.fixed_dictionaries(
    {
        "nomFamille": st.text(max_size=20).map(lambda fin: f"DUPONT{fin}"),
        "prenom": TEXTES,
        "dateNaissance": DATES,
        "inscriptions": st.lists(INSCRIPTIONS, max_size=2),
    },
    optional={"ine": st.sampled_from([None, "", INE, INE.lower()]), "autre": TEXTES},
)


@settings(max_examples=60, deadline=None)
@given(EPREUVES, CORPS)
def test_whatever_the_contract_allows_is_read(epreuve: Epreuve, corps: dict[str, Any]) -> None:
    epreuve.valide(corps)


@settings(max_examples=60, deadline=None)
@given(EPREUVES, CORPS, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(epreuve: Epreuve, corps: dict[str, Any], data: st.DataObject) -> None:
    epreuve.mutation(corps, *data.draw(mutations(corps)))
