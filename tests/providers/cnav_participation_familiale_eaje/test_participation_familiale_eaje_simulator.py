import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteNonReconnue
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.participation_familiale_eaje import BaseRessourcesEaje, ParticipationFamilialeEaje
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnav_participation_familiale_eaje import SOURCE

LEFEBVRE = IdentitePivot(
    "Lefèbvre",
    ("Alexis", "Gérôme"),
    DateNaissance(1982, 12, 27),
    sexe=Sexe.F,
    code_pays="99100",
    code_commune="08480",
    nom_usage="Roux-Dupré",
)
FAKIR = IdentitePivot("Fakir", ("Eymen",), DateNaissance(1992, 11, 14), sexe=Sexe.M, code_pays="99350")
APPEL = Appel(
    destinataire="13002526500013",
    correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
    appelant="jeton",
    instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
)
VUE: Mapping[str, Any] = {
    "montantRessources": 32400,
    "nombreBeneficiaireAEH": 1,
    "conjoint": {"nomNaissance": "ROUX", "listePrenoms": "ANNE", "dateNaissance": "1980-00-00", "genre": "F"},
    "enfants": [
        {
            "nomNaissance": "ROUX",
            "listePrenoms": "LEO",
            "dateNaissance": "{N-2}-04-00",
            "genre": "M",
            "cogNaissance": "08105",
        },
        {"nomNaissance": "ROUX", "listePrenoms": "ADA", "dateNaissance": "2012-04-30", "genre": "F"},
    ],
    "adresse": {"identite": "MME LEFEBVRE", "codePostalVille": "08320 VIREUX", "pays": "FRANCE"},
}
GRANDS = {**VUE, "absent": "JEUNE_ENFANT", "enfants": VUE["enfants"][1:]}


def monde(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = LEFEBVRE) -> Personas:
    persona = Persona("persona", "", pivot, vues={} if vue is None else {SOURCE.nom: vue})
    return Personas((persona,), lambda: date(2026, 3, 14))


def jeton(scope: str = "participation_familiale_eaje") -> str:
    secret = f"{reglage(SOURCE.nom, 'client_id')}:{reglage(SOURCE.nom, 'client_secret')}"
    headers = (
        ("Authorization", f"Basic {base64.urlsafe_b64encode(secret.encode()).decode()}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    body = f"grant_type=client_credentials&scope={scope}".encode()
    corps: dict[str, str] = msgspec.json.decode(
        SOURCE.simulate(UpstreamRequest("POST", "/token", headers=headers, body=body), monde()).body
    )
    return corps.get("access_token", corps.get("error", ""))


def requete(pivot: IdentitePivot = LEFEBVRE) -> UpstreamRequest:
    """Return the adapter's own request, with a valid token."""
    call = SOURCE.request(Demande(Identite(pivot=pivot)), APPEL)
    return replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton()}")))


def refus(reponse: UpstreamResponse) -> tuple[int, int]:
    return reponse.status, msgspec.json.decode(reponse.body)["errorCode"]


def lire(personas: Personas, pivot: IdentitePivot = LEFEBVRE) -> ParticipationFamilialeEaje:
    return SOURCE.read(SOURCE.simulate(requete(pivot), personas), Demande(Identite(pivot=pivot)), APPEL)


def ressources(personas: Personas) -> BaseRessourcesEaje | None:
    lu = lire(personas).parametres_calcul
    return lu.base_ressources_annuelles if lu else None


def test_the_adapter_reads_back_what_the_persona_holds() -> None:
    lu = lire(monde())
    assert [
        (p.nom_naissance, p.nom_usage, p.prenoms, p.code_cog_insee_commune_naissance) for p in lu.allocataires or ()
    ] == [
        ("LEFEBVRE", "ROUX-DUPRE", ["ALEXIS", "GEROME"], "08480"),
        ("ROUX", None, ["ANNE"], None),
    ]
    assert [(p.date_naissance, p.code_cog_insee_commune_naissance) for p in lu.enfants or ()] == [
        ("2024-04-00", "08105"),
        ("2012-04-30", None),
    ]
    assert lu.adresse is not None
    assert lu.adresse.code_postal_ville == "08320 VIREUX"
    assert lu.parametres_calcul is not None
    assert lu.parametres_calcul.nombre_enfants_beneficiaires_aeeh == 1


@pytest.mark.parametrize(("dit", "attendu"), [({}, 2), ({"nombreEnfantACharge": 3}, 3)])
def test_children_are_counted_unless_the_view_says_otherwise(dit: dict[str, int], attendu: int) -> None:
    lu = lire(monde({**VUE, **dit})).parametres_calcul
    assert lu is not None
    assert lu.nombre_enfants_a_charge == attendu


@pytest.mark.parametrize(
    ("dit", "annee"), [({}, 2024), ({"caisse": "MSA"}, 2026), ({"annee": 2023}, 2023), ({"annee": "{N-3}"}, 2023)]
)
def test_the_income_is_of_two_years_ago_and_the_msa_says_the_current_year(dit: dict[str, Any], annee: int) -> None:
    assert ressources(monde({**VUE, **dit})) == BaseRessourcesEaje(valeur=32400, annee_calcul=annee)


def test_a_person_born_abroad_has_no_commune_of_birth() -> None:
    allocataires = lire(monde(VUE, FAKIR), FAKIR).allocataires or []
    assert [allocataire.code_cog_insee_commune_naissance for allocataire in allocataires] == [None, None]


@pytest.mark.parametrize("vue", [GRANDS, {"absent": "JEUNE_ENFANT"}])
def test_the_source_answers_a_household_without_a_young_child_and_the_adapter_refuses_it(vue: dict[str, Any]) -> None:
    personas = monde(vue)
    assert SOURCE.simulate(requete(), personas).status == 200
    assert not SOURCE.eligible(lire(personas), APPEL)


@pytest.mark.parametrize(
    ("vue", "attendu", "regime"),
    [
        (None, (404, 40406), None),
        ({"absent": "CNAF"}, (404, 40404), "00810011"),
        ({"absent": "MSA"}, (404, 40404), "00171001"),
        ({"absent": "RNCPS"}, (404, 40404), "99430000"),
        ({"erreur": 429}, (429, 42901), None),
        ({"erreur": 500}, (500, 50001), None),
        ({"erreur": 502}, (502, 50200), None),
        ({"erreur": 503}, (503, 50300), None),
        ({"erreur": 504}, (504, 50400), None),
    ],
)
def test_a_persona_without_a_file_is_refused_as_her_view_says(
    vue: Mapping[str, Any] | None, attendu: tuple[int, int], regime: str | None
) -> None:
    reponse = SOURCE.simulate(requete(), monde(vue))
    assert refus(reponse) == attendu
    assert reponse.header("x-apisecu-fd") == regime


@pytest.mark.parametrize("vue", [None, {"absent": "CNAF"}, {"absent": "MSA"}, {"absent": "RNCPS"}])
def test_the_adapter_understands_why_there_is_no_file(vue: Mapping[str, Any] | None) -> None:
    with pytest.raises(DossierAbsent):
        lire(monde(vue))


@pytest.mark.parametrize(
    ("change", "attendue"),
    [
        ({"prenoms": ("Alexis",)}, None),
        ({"prenoms": ("Allexis",)}, None),
        ({"naissance": DateNaissance(1982)}, None),
        ({"prenoms": ("Allexis", "Gérôme"), "naissance": DateNaissance(1982)}, IdentiteNonReconnue),
        ({"naissance": DateNaissance()}, IdentiteNonReconnue),
        ({"nom_naissance": "Lefevre"}, IdentiteNonReconnue),
    ],
)
def test_the_sngi_identifies_as_for_the_other_prestations(
    change: dict[str, Any], attendue: type[ErreurDeBloc] | None
) -> None:
    pivot = replace(LEFEBVRE, **change)
    if attendue is None:
        assert lire(monde(), pivot).enfants
    else:
        with pytest.raises(attendue):
            lire(monde(), pivot)


def test_the_gateway_controls_the_request_as_for_the_other_prestations() -> None:
    call = requete()
    sans_jeton = replace(call, headers=tuple((nom, valeur) for nom, valeur in call.headers if nom != "Authorization"))
    assert refus(SOURCE.simulate(sans_jeton, monde())) == (401, 40101)
    assert refus(SOURCE.simulate(replace(call, path="/prestations/v1/quotient_familial"), monde())) == (404, 40401)
    sans_genre = replace(call, params=tuple((nom, valeur) for nom, valeur in call.params if nom != "genre"))
    assert refus(SOURCE.simulate(sans_genre, monde())) == (400, 40014)


def test_a_token_is_issued_for_the_scope_of_the_prestation_alone() -> None:
    assert jeton("quotient_familial_v2") == "invalid_scope"


@pytest.mark.parametrize(
    "vue",
    [
        {"montantRessource": 1},
        {"caisse": "RNCPS"},
        {"montantRessources": "32400"},
        {"absent": "CAF"},
        {"erreur": 418},
        {"enfants": [{"nomNaissance": "ROUX", "listePrenoms": "LEO", "genre": "M", "codeNaissance": "08105"}]},
        {"adresse": {"ville": "PARIS"}},
    ],
)
def test_a_view_in_other_words_is_refused(vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(), monde(vue))
