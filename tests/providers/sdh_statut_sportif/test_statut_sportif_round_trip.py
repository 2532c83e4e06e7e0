from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.identite import Identite
from providers.sdh_statut_sportif import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

EPREUVE = Epreuve(SOURCE, Demande(Identite(identifiant_sportif="12345")))
TEXTES = st.sampled_from([None, "", " ", "Dupont", "Jean Claude", "Île-de-France"])
CODES = st.none() | st.integers() | st.sampled_from(["29", "2A", " "])
JOURS = st.builds(
    "{}{}".format, st.dates(date(1994, 1, 1), date(2030, 12, 31)), st.sampled_from(["", "T00:00:00", "T00:00:00Z"])
)
FICHES_HN = st.fixed_dictionaries(
    {
        "fiche": st.integers(0, 2**31 - 1),
        "debutDroits": JOURS,
        "finDroits": JOURS,
        "federation": CODES,
        "nomFederation": TEXTES,
        "nomCourtFederation": TEXTES,
        "categorie": CODES,
        "libCategorie": TEXTES,
        "hautNiveau": st.booleans(),
        "valeur": CODES,
    },
    optional={"personne": st.integers()},
)
FICHES_SPORTIF = st.fixed_dictionaries(
    {
        "active": st.booleans(),
        "debut": st.none() | JOURS,
        "fin": st.none() | JOURS,
        "etablissement": CODES,
        "nomEtablissement": TEXTES,
        "region": CODES,
        "nomRegion": TEXTES,
    },
    optional={"principale": st.booleans()},
)
CORPS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "nom": st.sampled_from(["Dupont", " D'Œuvre "]),
        "nomUsage": TEXTES,
        "prenom": TEXTES,
        "dateNaissance": st.none() | JOURS,
        "genre": st.sampled_from(["M", "F", "", None]),
        "fichesHN": st.none() | st.lists(FICHES_HN, max_size=4),
        "fichesSportif": st.none() | st.lists(FICHES_SPORTIF, max_size=3),
    },
    optional={"sexe": st.booleans(), "club": TEXTES, "fichesClub": st.just([])},
)


@given(CORPS)
@settings(max_examples=60, deadline=None)
def test_every_payload_of_the_contract_is_read(corps: dict[str, Any]) -> None:
    EPREUVE.valide(corps)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_change_breaks_the_reader_or_shows_a_value(data: st.DataObject) -> None:
    corps = data.draw(CORPS)
    EPREUVE.mutation(corps, *data.draw(mutations(corps)))
