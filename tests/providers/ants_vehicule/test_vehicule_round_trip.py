from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceReponseInvalide
from providers.ants_vehicule import SOURCE
from providers.ants_vehicule.tables import CARBURANTS, CATEGORIES, GENRES, STATUTS
from tests.providers.allers_retours import Epreuve, mutations
from tests.providers.ants_vehicule.reponses import APPEL, DEMANDE, reponse

MOTS = st.text("ABCDEÉ'- &<>1234", min_size=1, max_size=12)
ENTIERS = st.integers(0, 9_999_999).map(str)
DATES = st.dates().map(str)


@dataclass(frozen=True, slots=True)
class EpreuveXml(Epreuve):
    """The same trials, with payloads in the XML of the SIV."""

    def lire(self, corps: object, status: int = 200) -> Any:
        del status
        try:
            contenu = reponse(corps)
        except ValueError:  # no XML says this
            raise SourceReponseInvalide from None
        return self.source.read(contenu, self.demande, APPEL)


def objets(requis: dict[str, st.SearchStrategy[Any]], libres: dict[str, st.SearchStrategy[Any]]) -> Any:
    return st.fixed_dictionaries(requis, optional=libres)


ADRESSES = objets(
    {},
    dict.fromkeys(
        (
            *("point_remise", "compl_adresse", "num_voie", "extension", "type_voie", "libelle_voie"),
            *("lieudit_ou_bp", "code_postal", "libelle_commune", "pays"),
        ),
        MOTS,
    ),
)
NAISSANCES = st.sampled_from(["0000-00-00", "1955-00-00", "1955-12-00"]) | DATES
SIENNES = objets(
    {
        "flag_pers_physique": st.just("oui"),
        "nom_naiss": st.sampled_from(["DUPONT", "Dupont"]),
        "prenom": st.sampled_from(["JEAN-PAUL", "JEAN PAUL", "LEON", "X, LEON"]),
    },
    {
        "nom_usage": MOTS,
        "sexe": st.sampled_from("MF"),
        "date_naissance": NAISSANCES,
        "lieu_naissance": MOTS,
        "code_dep_naissance": MOTS,
    },
)
AUTRES = objets({"flag_pers_physique": st.sampled_from(["oui", "non"])}, {"raison_sociale": MOTS})
CARACTERISTIQUES = objets(
    {"marque_vehicule": st.just("PEUGEOT"), "genre_national": st.sampled_from([*GENRES, "ZZ"])},
    {
        "tvv": MOTS,
        "denomination_com": MOTS,
        "ptac": ENTIERS,
        "categorie_ce": st.sampled_from([*CATEGORIES, "ZZ"]),
        "cylindree": ENTIERS,
        "energie": st.sampled_from([*CARBURANTS, "ZZ"]),
        "co2": ENTIERS,
        "classe_environnement_ce": st.sampled_from(["70/220*2001/1EURO3", "EUROVI", "EURO6d-TEMP", "ZZ"]),
    },
)


def personnes(identite: Any, codes: Any) -> Any:
    return objets({"code_type_personne": codes, "identite_personne": identite}, {"adresse_personne": ADRESSES})


@st.composite
def payloads(draw: st.DrawFn) -> Any:
    liste = draw(st.lists(personnes(AUTRES, st.sampled_from([*STATUTS, "ACQ"])), max_size=2))
    liste.insert(draw(st.integers(0, len(liste))), draw(personnes(SIENNES, st.sampled_from([*STATUTS]))))
    immatriculation = objets(
        {"num_immat": st.just("AB-123-CD"), "date_prem_immat": DATES},
        {"code_type_immat": MOTS, "code_type_loc": MOTS, "libelle_type_loc": MOTS},
    )
    return {
        "control": draw(objets({"code_traitement": st.just("0")}, {"code_operation": MOTS})),
        "reponse": {
            "dossier": {
                "immatriculation": draw(immatriculation),
                "vehicule": {"caracteristiques_techniques": draw(CARACTERISTIQUES)},
                "personne": {"liste_personnes": {"personne": liste}},
            }
        },
    }


EPREUVE = EpreuveXml(SOURCE, DEMANDE)


@settings(max_examples=60, deadline=None)
@given(payloads())
def test_every_payload_of_the_contract_is_read(corps: Any) -> None:
    EPREUVE.valide(corps)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_payload_is_read_or_refused_never_repeated(data: st.DataObject) -> None:
    corps = data.draw(payloads())
    EPREUVE.mutation(corps, *data.draw(mutations(corps)))
