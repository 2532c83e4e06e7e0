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
from graph.errors import DossierAbsent, ErreurDeBloc, IdentiteIncoherente, IdentiteNonReconnue
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._concordance import confronter
from providers._personas import Persona, Personas
from providers._simulateur import reglage
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.cnav_quotient_familial import SOURCE

AUJOURDHUI = date(2026, 3, 14)
LEFEBVRE = IdentitePivot(
    "Lefèbvre",
    ("Alexis", "Gérôme", "Jean-Philippe"),
    DateNaissance(1982, 12, 27),
    sexe=Sexe.F,
    code_pays="99100",
    code_commune="08480",
    nom_commune="Vireux-Molhain",
    code_departement="08",
    nom_usage="Roux-Dupré",
)
FAKIR = IdentitePivot("Fakir", ("Eymen",), DateNaissance(1992, 11, 14), sexe=Sexe.M, code_pays="99350")
LISA = IdentitePivot("Lisa", ("Mona",), sexe=Sexe.F, code_pays="99127")
ADRESSE = {"identite": "MME LEFEBVRE", "codePostalVille": "08320 VIREUX", "pays": "FRANCE"}
VUE: Mapping[str, Any] = {
    "quotientFamilial": 2550,
    "quotients": {"{N}-01": 2400, "{N-1}-12": None},
    "conjoint": {"nomNaissance": "ROUX", "listePrenoms": "ANNE", "dateNaissance": "1980-00-00", "genre": "F"},
    "enfants": [{"nomNaissance": "ROUX", "listePrenoms": "LEO", "dateNaissance": "2012-04-00", "genre": "M"}],
    "adresse": ADRESSE,
}
VUES: Mapping[str, Mapping[str, Any] | None] = {
    "nominal": VUE,
    "msa": {**VUE, "caisse": "MSA"},
    "sans-rattachement": None,
    "absent-cnaf": {"absent": "CNAF"},
    "absent-msa": {"absent": "MSA"},
    "absent-rncps": {"absent": "RNCPS"},
    **{f"erreur-{status}": {"erreur": status} for status in (429, 500, 502, 503, 504)},
}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def persona(vue: Mapping[str, Any] | None = VUE, pivot: IdentitePivot = LEFEBVRE) -> Persona:
    return Persona("persona", "", pivot, vues={} if vue is None else {SOURCE.nom: vue})


def monde(*personnes: Persona) -> Personas:
    return Personas(personnes or (persona(), persona(VUE, FAKIR), persona(VUE, LISA)), lambda: AUJOURDHUI)


def jeton(personas: Personas, scope: str = "quotient_familial_v2") -> str:
    secret = f"{reglage(SOURCE.nom, 'client_id')}:{reglage(SOURCE.nom, 'client_secret')}"
    headers = (
        ("Authorization", f"Basic {base64.urlsafe_b64encode(secret.encode()).decode()}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    call = UpstreamRequest(
        "POST", "/token", headers=headers, body=f"grant_type=client_credentials&scope={scope}".encode()
    )
    corps: dict[str, str] = msgspec.json.decode(SOURCE.simulate(call, personas).body)
    return corps.get("access_token", corps.get("error", ""))


def requete(appel: Appel, pivot: IdentitePivot = LEFEBVRE, annee: int = 2026, mois: int = 3) -> UpstreamRequest:
    """Return the adapter's own request, with a valid token."""
    call = SOURCE.request(Demande(Identite(pivot=pivot), annee=annee, mois=mois), appel)
    return replace(call, headers=(*call.headers, ("Authorization", f"Bearer {jeton(monde())}")))


def sauf(call: UpstreamRequest, **params: str | None) -> UpstreamRequest:
    """Return a request where query parameters are replaced; None removes one."""
    donnes = {**dict(call.params), **params}
    return replace(call, params=tuple((nom, valeur) for nom, valeur in donnes.items() if valeur is not None))


def refus(reponse: UpstreamResponse) -> tuple[int, int]:
    return reponse.status, msgspec.json.decode(reponse.body)["errorCode"]


def lire(appel: Appel, personas: Personas, pivot: IdentitePivot = LEFEBVRE, annee: int = 2026, mois: int = 3) -> Any:
    demande = Demande(Identite(pivot=pivot), annee=annee, mois=mois)
    return SOURCE.read(SOURCE.simulate(requete(appel, pivot, annee, mois), personas), demande, appel)


def test_the_adapter_reads_back_what_the_persona_holds(appel: Appel) -> None:
    dossier = lire(appel, monde())
    assert [(p.nom_naissance, p.nom_usage, p.prenoms) for p in dossier.allocataires] == [
        ("LEFEBVRE", "ROUX-DUPRE", ["ALEXIS", "GEROME", "JEAN-PHILIPPE"]),
        ("ROUX", None, ["ANNE"]),
    ]
    assert [enfant.date_naissance for enfant in dossier.enfants] == ["2012-04-00"]
    assert dossier.adresse.code_postal_ville == "08320 VIREUX"
    assert [lu.prenoms[0] for lu in SOURCE.etats_civils(dossier)] == ["ALEXIS", "ANNE"]


@pytest.mark.parametrize(("annee", "mois", "valeur"), [(2026, 3, 2550), (2026, 1, 2400), (2025, 12, None)])
def test_the_cnaf_answers_the_month_asked(appel: Appel, annee: int, mois: int, valeur: int | None) -> None:
    lu = lire(appel, monde(), annee=annee, mois=mois).quotient_familial
    assert (lu.regime.name, lu.valeur, lu.annee_calcul, lu.mois_calcul) == ("CNAF", valeur, annee, mois)


def test_the_msa_answers_its_figure_of_today_whatever_the_month(appel: Appel) -> None:
    personas = monde(persona(VUES["msa"]))
    lu = lire(appel, personas, annee=2026, mois=1).quotient_familial
    assert (lu.regime.name, lu.valeur, lu.mois, lu.annee_calcul, lu.mois_calcul) == ("MSA", 2550, 1, 2026, 3)
    corps = msgspec.json.decode(SOURCE.simulate(requete(appel), personas).body)
    assert not {"annee", "mois"} & corps.keys()


def test_a_household_without_children_leaves_them_out(appel: Appel) -> None:
    personas = monde(persona({"quotientFamilial": 300, "adresse": ADRESSE}))
    assert "enfants" not in msgspec.json.decode(SOURCE.simulate(requete(appel), personas).body)
    assert lire(appel, personas).enfants == []


@pytest.mark.parametrize(
    ("nom", "attendu", "regime"),
    [
        ("sans-rattachement", (404, 40406), None),
        ("absent-cnaf", (404, 40404), "00810011"),
        ("absent-msa", (404, 40404), "00171001"),
        ("absent-rncps", (404, 40404), "99430000"),
        ("erreur-429", (429, 42901), None),
        ("erreur-500", (500, 50001), None),
        ("erreur-502", (502, 50200), None),
        ("erreur-503", (503, 50300), None),
        ("erreur-504", (504, 50400), None),
    ],
)
def test_a_persona_without_a_file_is_refused_as_her_view_says(
    appel: Appel, nom: str, attendu: tuple[int, int], regime: str | None
) -> None:
    reponse = SOURCE.simulate(requete(appel), monde(persona(VUES[nom])))
    assert refus(reponse) == attendu
    assert reponse.header("x-apisecu-fd") == regime


@pytest.mark.parametrize(("nom", "attendue"), [("sans-rattachement", DossierAbsent), ("absent-cnaf", DossierAbsent)])
def test_the_adapter_understands_why_there_is_no_file(appel: Appel, nom: str, attendue: type[ErreurDeBloc]) -> None:
    with pytest.raises(attendue):
        lire(appel, monde(persona(VUES[nom])))


@pytest.mark.parametrize(
    "change",
    [
        {"prenoms": ("ALEXIS",)},
        {"prenoms": ("alexis", "autre")},
        {"prenoms": ("Allexis",)},
        {"prenoms": ("Alexys", "Jérôme", "Jean-Philippe")},
        {"prenoms": ("Aleksis",)},
        {"naissance": DateNaissance(1982)},
        {"naissance": DateNaissance(1982, 12)},
        {"code_commune": None},
        {"code_commune": None, "nom_commune": "VIREUX MOLHAIN"},
        {"nom_naissance": "LEFEBVRE", "nom_usage": None},
    ],
)
def test_the_sngi_recognises(appel: Appel, change: dict[str, Any]) -> None:
    assert lire(appel, monde(), replace(LEFEBVRE, **change)).quotient_familial.valeur == 2550


@pytest.mark.parametrize("prenom", ["Allexis", "Alexys", "Aleksis"])
def test_a_file_found_by_a_first_name_alike_is_withheld_by_the_comparison_of_identities(
    appel: Appel, prenom: str
) -> None:
    pivot = replace(LEFEBVRE, prenoms=(prenom,))
    with pytest.raises(IdentiteIncoherente):
        confronter(Identite(pivot=pivot), SOURCE.etats_civils(lire(appel, monde(), pivot)))


@pytest.mark.parametrize("pivot", [FAKIR, LISA])
def test_the_sngi_recognises_who_was_born_abroad_or_on_an_unknown_day(appel: Appel, pivot: IdentitePivot) -> None:
    assert lire(appel, monde(), pivot).quotient_familial.valeur == 2550


@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": "ROUX"},
        {"prenoms": ("Gérôme",)},
        {"prenoms": ("Alexis",), "naissance": DateNaissance(1982)},
        {"prenoms": ("Allexis", "Gérôme", "Jean-Philippe"), "naissance": DateNaissance(1982)},
        {"prenoms": ("Alexis", "Jérôme", "Jean-Philippe"), "naissance": DateNaissance(1982, 12)},
        {"prenoms": ("Alice",)},
        {"naissance": DateNaissance(1982, 12, 28)},
        {"naissance": DateNaissance(1982, 11)},
        {"naissance": DateNaissance()},
        {"sexe": Sexe.M},
        {"code_pays": "99350"},
        {"code_commune": "08481"},
        {"code_commune": None, "code_departement": "51"},
        {"code_commune": None, "nom_commune": "REIMS"},
    ],
)
def test_the_sngi_does_not_recognise(appel: Appel, change: dict[str, Any]) -> None:
    pivot = replace(LEFEBVRE, **change)
    assert refus(SOURCE.simulate(requete(appel, pivot), monde())) == (404, 40409)
    with pytest.raises(IdentiteNonReconnue):
        lire(appel, monde(), pivot)


def test_a_date_that_the_registers_do_not_know_is_found_by_those_who_give_none_alone(appel: Appel) -> None:
    datee = replace(LISA, naissance=DateNaissance(1980, 1, 1))
    assert refus(SOURCE.simulate(requete(appel, datee), monde())) == (404, 40409)


def test_whoever_bears_the_very_first_name_comes_before_whoever_has_one_alike(appel: Appel) -> None:
    jumelle = persona({"absent": "MSA"}, replace(LEFEBVRE, prenoms=("Alexia",)))
    assert lire(appel, monde(persona(), jumelle)).quotient_familial.valeur == 2550
    ambigu = replace(LEFEBVRE, prenoms=("Alexi",))
    assert refus(SOURCE.simulate(requete(appel, ambigu), monde(persona(), jumelle))) == (404, 40409)


def test_the_name_in_use_is_enough_without_a_birth_name(appel: Appel) -> None:
    call = sauf(requete(appel), nomNaissance=None)
    assert SOURCE.simulate(call, monde()).status == 200
    assert refus(SOURCE.simulate(sauf(call, nomUsage="AUTRE"), monde())) == (404, 40409)


def test_homonyms_are_not_told_apart(appel: Appel) -> None:
    homonymes = monde(persona(), persona(None, replace(LEFEBVRE, prenoms=("Alexis", "Autre"))))
    assert refus(SOURCE.simulate(requete(appel), homonymes)) == (404, 40409)
    distingue = replace(LEFEBVRE, naissance=DateNaissance(1982))
    assert SOURCE.simulate(requete(appel, distingue), homonymes).status == 200


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"nomNaissance": None, "nomUsage": None}, 40002),
        ({"nomNaissance": " ", "nomUsage": ""}, 40002),
        ({"nomNaissance": "Lefèbvre"}, 40003),
        ({"nomUsage": "Dupré"}, 40003),
        ({"listePrenoms": "Alexis, Jean"}, 40011),
        ({"genre": None}, 40014),
        ({"genre": "1"}, 40014),
        ({"dateNaissance": None}, 40015),
        ({"dateNaissance": "27/12/1982"}, 40015),
        ({"codePaysNaissance": None}, 40016),
        ({"codePaysNaissance": "FRA"}, 40016),
        ({"depNaissance": "Ardennes"}, 40019),
        ({"codeLieuNaissance": None, "villeNaissance": None}, 40013),
        ({"codeLieuNaissance": None, "dateNaissance": "0000-00-00"}, 40013),
        ({"anneeDemandee": None}, 40026),
        ({"anneeDemandee": "26"}, 40026),
        ({"moisDemande": "3"}, 40026),
        ({"moisDemande": "13"}, 40026),
        ({"moisDemande": "04"}, 40026),
        ({"anneeDemandee": "2024", "moisDemande": "03"}, 40029),
    ],
)
def test_the_gateway_controls_each_parameter(appel: Appel, params: dict[str, str | None], code: int) -> None:
    assert refus(SOURCE.simulate(sauf(requete(appel), **params), monde())) == (400, code)


def test_the_oldest_month_is_the_23rd_before_the_current_one(appel: Appel) -> None:
    assert lire(appel, monde(), annee=2024, mois=4).quotient_familial.annee_calcul == 2024


@pytest.mark.parametrize(
    ("nom", "valeur", "attendu"),
    [
        ("Authorization", "", (401, 40101)),
        ("Authorization", "Bearer faux", (401, 40101)),
        ("Authorization", "Basic faux", (401, 40101)),
        ("X-Correlation-ID", "", (400, 40000)),
        ("X-Correlation-ID", "pas-un-uuid", (400, 40000)),
        ("X-APIPART-FSFINAL", "", (400, 40000)),
        ("X-APIPART-FSFINAL", "130025265", (400, 40000)),
    ],
)
def test_the_gateway_checks_each_header(appel: Appel, nom: str, valeur: str, attendu: tuple[int, int]) -> None:
    call = requete(appel)
    headers = {**dict(call.headers), nom: valeur}
    envoyee = replace(call, headers=tuple((cle, contenu) for cle, contenu in headers.items() if contenu))
    assert refus(SOURCE.simulate(envoyee, monde())) == attendu


def test_another_path_or_method_is_no_api(appel: Appel) -> None:
    call = requete(appel)
    assert refus(SOURCE.simulate(replace(call, path="/prestations/v1/rsa"), monde())) == (404, 40401)
    assert SOURCE.simulate(replace(call, method="POST"), monde()).status == 405


def test_a_token_is_issued_for_the_scope_of_the_prestation_alone() -> None:
    assert jeton(monde(), "revenu_solidarite_active") == "invalid_scope"


@pytest.mark.parametrize(
    "vue",
    [
        {"quotientFamilal": 1},
        {"caisse": "CNAM"},
        {"quotientFamilial": "1200"},
        {"absent": "CAF"},
        {"erreur": 418},
        {"conjoint": {"nom": "ROUX"}},
        {"adresse": {"ville": "PARIS"}},
    ],
)
def test_a_view_in_other_words_is_refused(appel: Appel, vue: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        SOURCE.simulate(requete(appel), monde(persona(vue)))
