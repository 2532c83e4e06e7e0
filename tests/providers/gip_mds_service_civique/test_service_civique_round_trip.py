from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers.gip_mds_service_civique import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

EPREUVE = Epreuve(SOURCE, Demande(Identite(pivot=IdentitePivot("DUPONT", ("Jean",), DateNaissance(1998, 3, 15)))))
TEXTES = st.none() | st.text(max_size=20)
DATES = st.none() | st.just("") | st.dates().map(str)
CONTRATS = st.fixed_dictionaries(
    {
        "dateDebutContrat": DATES,
        "natureContrat": st.just("89"),
        "dateFinContrat": DATES,
        "motifRupture": st.sampled_from([None, "", "031", "99", "099", "100", "999"]),
    },
    optional={"dateFinPrevisionnelle": DATES},
)
ETABLISSEMENTS = st.fixed_dictionaries({"siret": TEXTES, "contrat": st.lists(CONTRATS, max_size=3)})
ENTREPRISES = st.fixed_dictionaries(
    {"raisonSociale": TEXTES, "etablissement": st.lists(ETABLISSEMENTS, max_size=2)}, optional={"siren": TEXTES}
)
NAISSANCES = st.dates().map(lambda jour: f"{jour.day:02}{jour.month:02}{jour.year:04}")
INDIVIDUS = st.fixed_dictionaries(
    {
        "nomFamilleSngi": st.sampled_from(["DUPONT", " LE GOFF ", "D ARC"]),
        "prenomsSngi": st.sampled_from(["JEAN", "JEAN PAUL", "", "  "]),
        "dateNaissanceSngi": NAISSANCES | st.sampled_from(["00051990", "00001990", "00000000"]),
        "entreprise": st.lists(ENTREPRISES, max_size=3),
    }
)
CORPS = st.fixed_dictionaries(
    {
        "individu": INDIVIDUS,
        "retour": st.fixed_dictionaries({"codeRetour": st.just("OK")}, optional={"message": TEXTES}),
    }
)


@settings(max_examples=60, deadline=None)
@given(CORPS)
def test_whatever_the_contract_allows_is_read(corps: dict[str, Any]) -> None:
    EPREUVE.valide(corps)


@settings(max_examples=60, deadline=None)
@given(CORPS, st.data())
def test_whatever_drifts_is_an_error_of_the_bloc(corps: dict[str, Any], data: st.DataObject) -> None:
    EPREUVE.mutation(corps, *data.draw(mutations(corps)))
