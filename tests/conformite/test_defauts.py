"""Defects of the REST predecessor that are not copied, where only the whole application shows it (docs/adr/0010)."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.catalogue import scopes
from graph.schema import build_schema
from habilitations.regles import OperationRefusee
from tests.application import SIRET, Application, Personnes, application, guichet

pytestmark = pytest.mark.asyncio(loop_scope="module")

SDL = (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")
TOUS = frozenset(scopes(build_schema()))
ANTS = "ants_extrait_immatriculation_vehicule_identite_particulier"
PRESTATIONS = {
    "dossierAllocataire": "quotientFamilial { valeur }",
    "participationFamilialeEaje": "parametresCalcul { nombreEnfantsACharge }",
    "revenuSolidariteActive": "estBeneficiaire",
    "primeActivite": "estBeneficiaire",
    "allocationSoutienFamilial": "estBeneficiaire",
    "allocationAdulteHandicape": "estBeneficiaire",
    "allocationEnfantHandicape": "statut",
    "allocationRentreeScolaire": "statut",
    "complementaireSanteSolidaire": "estBeneficiaire",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("defauts"), reconnaitre=Personnes().reconnaitre) as ouverte:
        yield ouverte


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def sans_appel(app: Application) -> None:
    await app.oublier_les_appels()


async def demander(
    app: Application, bloc: str, accordes: frozenset[str] = TOUS, *, citoyen: str = "", identite: Any = None
) -> httpx.Response:
    """Ask for blocs of one person, whom FranceConnect names or who is written."""
    presente = {"X-FranceConnect-Token": citoyen} if citoyen else {}
    query = f"query($i: IdentiteInput) {{ particulier(identite: $i) {{ {bloc} }} }}"
    return await app.demander(query, {"i": identite}, await app.jeton(accordes), presente)


def erreurs(reponse: httpx.Response) -> list[tuple[str, str, list[str]]]:
    """Return each error: the last key of its path, its code, the scopes that it names."""
    entrees = reponse.json().get("errors", [])
    return [(une["path"][-1], une["extensions"]["code"], une["extensions"].get("scopes", [])) for une in entrees]


async def test_two_months_of_one_citizen_are_two_questions(app: Application) -> None:
    """1: a cache key of FranceConnect that forgot the year and the month."""
    quotient = "{ quotientFamilial { valeur annee mois } }"
    bloc = f"a: dossierAllocataire {quotient} b: dossierAllocataire(annee: 2025, mois: 12) {quotient}"
    lu = (await demander(app, bloc, citoyen="dubois-angela")).json()["data"]["particulier"]
    assert lu["a"]["quotientFamilial"] == {"valeur": 2550, "annee": 2026, "mois": 11}
    assert lu["b"]["quotientFamilial"] == {"valeur": 2480, "annee": 2025, "mois": 12}
    assert (await app.appels())["cnav_quotient_familial"] == 2


async def test_citizens_asked_about_at_the_same_time_are_all_answered(app: Application) -> None:
    """2: a lock on identical requests, that took two citizens of FranceConnect for one (409)."""
    citoyens = ("dubois-angela", "delatour-thomas", "dubois-angela")
    bloc = "dossierAllocataire { allocataires { nomNaissance } }"
    reponses = await asyncio.gather(*(demander(app, bloc, citoyen=citoyen) for citoyen in citoyens))
    assert [reponse.status_code for reponse in reponses] == [200, 200, 200]
    lus = [reponse.json()["data"]["particulier"]["dossierAllocataire"]["allocataires"][0] for reponse in reponses]
    assert [lu["nomNaissance"] for lu in lus] == ["DUBOIS", "DELATOUR", "DUBOIS"]


async def test_a_person_whose_sex_is_not_given_is_asked_of_no_caisse_and_nothing_fails(app: Application) -> None:
    """3: a missing sex made the builder of the CNAV's requests fail (500)."""
    identite = (await app.personnes())["dubois-angela"]["identite"]["identitePivot"]
    sans_sexe = {"identitePivot": {nom: valeur for nom, valeur in identite.items() if nom != "sexeEtatCivil"}}
    blocs = " ".join(f"{bloc} {{ {champ} }}" for bloc, champ in PRESTATIONS.items())
    reponse = await demander(app, blocs, identite=sans_sexe)
    assert reponse.status_code == 200
    assert sorted(erreurs(reponse)) == sorted((bloc, "IDENTIFIANT_MANQUANT", []) for bloc in PRESTATIONS)
    assert not any((await app.appels()).values())


async def test_the_identity_of_a_holder_is_shown_for_its_own_scope_alone(app: Application) -> None:
    """6: the ANTS's block of identity came whatever the scopes."""
    bloc = (
        'vehicule(immatriculation: "FC-123-AB") { identite { nom } donneesImmatriculation { numeroImmatriculation } }'
    )
    reponse = await demander(app, bloc, TOUS - {ANTS}, citoyen="delatour-thomas")
    lu = reponse.json()["data"]["particulier"]["vehicule"]
    assert lu == {"identite": None, "donneesImmatriculation": {"numeroImmatriculation": "FC-123-AB"}}
    assert erreurs(reponse) == [("identite", "NON_HABILITE", [ANTS])]


@pytest.mark.parametrize(
    ("bloc", "scope"),
    [
        ("allocationEnfantHandicape", "cnav_allocation_enfant_handicape"),
        ("allocationRentreeScolaire", "cnav_allocation_rentree_scolaire"),
    ],
)
async def test_a_status_needs_the_scope_of_its_prestation(app: Application, bloc: str, scope: str) -> None:
    """7: the fields of the AEEH and of the ARS had no scope."""
    reponse = await demander(app, f"{bloc} {{ statut dateDebutDroit }}", TOUS - {scope}, citoyen="dubois-angela")
    assert reponse.json()["data"]["particulier"][bloc] is None
    assert erreurs(reponse) == [(bloc, "NON_HABILITE", [scope])]
    assert not any((await app.appels()).values())


async def test_a_place_of_birth_that_insee_cannot_find_is_not_left_out(app: Application) -> None:
    """12: a failure of INSEE was swallowed, and the MESRI and the CNOUS asked without the commune."""
    identite = {
        "nomNaissance": "SOULI",
        "prenoms": ["Walid"],
        "anneeDateNaissance": 1998,
        "moisDateNaissance": 1,
        "jourDateNaissance": 1,
        "sexeEtatCivil": "M",
        "nomCommuneNaissance": "Versailles",
        "codeCogInseeDepartementNaissance": "78",
    }
    blocs = "statutEtudiant { identite { prenom } } bourseEtudiante { email }"
    await app.mettre_en_panne("insee_communes", mode="erreur_500")
    reponse = await demander(app, blocs, identite={"identitePivot": identite})
    await app.lever_la_panne("insee_communes")
    assert sorted(erreurs(reponse)) == [
        ("bourseEtudiante", "SOURCE_INDISPONIBLE", []),
        ("statutEtudiant", "SOURCE_INDISPONIBLE", []),
    ]
    assert not any((await app.appels()).values())


async def test_a_scope_that_opens_nothing_is_granted_to_nobody(app: Application) -> None:
    """17: `cnous_statut_bourse` let a caller in, to an empty answer."""
    async with guichet(app) as store:
        with pytest.raises(OperationRefusee, match="Scope inconnu : cnous_statut_bourse"):
            await store.creer_habilitation(
                intitule="Crous", sirets=[SIRET], scopes=["cnous_statut_bourse"], cadre_juridique="CRPA"
            )


async def test_one_word_has_one_type_wherever_it_stands() -> None:
    """19 and 20: the sex in six codings, first names as a string or as a list."""
    types: dict[str, set[str]] = {}
    for nom, type_ in re.findall(r"^  (sexe\w*|prenoms?): (\S+)", SDL, re.MULTILINE):
        types.setdefault(nom, set()).add(type_.rstrip("!"))
    # The Boolean tells whether the first names of an answer agree with those of the question.
    assert types.pop("prenoms") == {"[String!]", "Boolean"}
    assert types == {"sexe": {"Sexe"}, "sexeEtatCivil": {"Sexe"}, "prenom": {"String"}}
