from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.identite import Identite
from providers.france_travail_indemnites_chomage import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

EPREUVE = Epreuve(SOURCE, Demande(Identite(identifiant_france_travail="jean.dupont33")))
MONTANTS = st.integers(-(10**6), 10**6) | st.floats(-(10**6), 10**6, allow_nan=False)
PAIEMENTS = st.fixed_dictionaries(
    {
        "datePaiement": st.builds(
            "{}T{}".format, st.dates(), st.sampled_from(["00:00:00+01:00", "04:00:00+02:00", "23:59:59.505Z"])
        ),
        "montantPaiement": MONTANTS,
        "allocations": MONTANTS,
        "aides": MONTANTS,
        "autresPaiements": MONTANTS,
    }
)
CORPS = st.fixed_dictionaries(
    {"statutInscription": st.booleans(), "listePaiement": st.lists(PAIEMENTS, min_size=1, max_size=4)},
    optional={"motDePlus": st.none()},
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
