from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.identite import Identite
from providers.france_travail_demandeur_emploi import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

EPREUVE = Epreuve(SOURCE, Demande(Identite(identifiant_france_travail="jean.dupont33")))
TEXTES = st.sampled_from(["", " ", " X ", "DUPONT", "42 RUE DE L'ÉGLISE", "75107"])
FACULTATIFS = st.none() | TEXTES
INSTANTS = st.builds(
    "{}T{}".format,
    st.dates().map(lambda jour: jour.isoformat()),
    st.sampled_from(["00:00:00+01:00", "00:00:00+02:00", "04:00:00Z", "23:59:59.505Z", "00:00:00"]),
)
ADRESSES = st.fixed_dictionaries(
    {"codePostal": FACULTATIFS, "INSEECommune": FACULTATIFS, "localite": FACULTATIFS, "ligneNom": FACULTATIFS},
    optional={
        "ligneVoie": FACULTATIFS,
        "ligneComplementDestinataire": FACULTATIFS,
        "ligneComplementAdresse": FACULTATIFS,
        "ligneComplementDistribution": FACULTATIFS,
    },
)
CORPS = st.fixed_dictionaries(
    {
        "civilite": st.sampled_from(["MME", "M.", " ", "", None]),
        "nom": st.sampled_from(["DUPONT", "D'OEUVRE", " LE GALL "]),
        "nomUsage": FACULTATIFS,
        "prenom": FACULTATIFS,
        "sexe": st.sampled_from(["Masculin", "Féminin", " ", None]),
        "dateNaissance": st.none() | INSTANTS,
        "codeCertificationCNAV": st.sampled_from(["VC", "IC", "PC", "AC", "DC", "EC", "RC", " ", "", None]),
        "adresse": ADRESSES,
        "dateInscription": st.none() | INSTANTS,
        "dateCessationInscription": st.sampled_from([None, " "]) | INSTANTS,
        "categorieInscription": st.sampled_from(["1", "2", "3", "4", "5", " 1 "]),
        "libellecategorieInscription": FACULTATIFS,
    },
    optional={"telephone": FACULTATIFS, "telephone2": FACULTATIFS, "email": FACULTATIFS, "motDePlus": FACULTATIFS},
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
