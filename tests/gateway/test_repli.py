"""The income year before last, granted only for want of the last: what is asked, shown, traced and attested."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from audit.registre import lire
from audit.trace import Issue
from gateway.attestation import verifier
from graph.errors import EtatSource
from tests.application import INSTANT, Application, application

REPLI, RFR = "dgfip_annee_n_moins_2_si_indispo_n_moins_1", "dgfip_rfr"
N = INSTANT.year
SOURCE = "dgfip_situation_fiscale"
#: Who has a notice for N-1 and N-2, for N-2 alone, for none.
A_JOUR, EN_RETARD, INCONNU = "roux-jeanne", "petit-karim", "duboche-jerome"
QUERY = """query ($identite: IdentiteInput!, $annee: Int) {
  particulier(identite: $identite) {
    situationFiscale(anneeRevenus: $annee) { anneeRevenus revenuFiscalReference }
    sources { etat code concordance { nom } }
  }
}"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


async def demander(
    app: Application, nom: str, annee: int | None = None, *, query: str = QUERY, autres: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Ask as a holder of the fallback, and count the calls from zero."""
    personne = (await app.personnes())[nom]["identite"]
    jeton = await app.jeton([REPLI, RFR, *autres])
    await app.oublier_les_appels()
    corps: dict[str, Any] = (await app.demander(query, {"identite": personne, "annee": annee}, jeton)).json()
    return corps


def issue(corps: dict[str, Any]) -> tuple[Any, Any]:
    """Return the year shown, or None, and the reason why there is none."""
    bloc = corps["data"]["particulier"]["situationFiscale"]
    motifs = [
        (une["path"], une["extensions"]["code"], une["extensions"].get("scopes")) for une in corps.get("errors", [])
    ]
    return bloc and bloc["anneeRevenus"], motifs


def refus(code: str, scopes: list[str] | None = None) -> list[Any]:
    return [(["particulier", "situationFiscale"], code, scopes)]


def traces(app: Application, forme: type[Any]) -> list[Any]:
    return [une for une in lire(app.dossier / "journal.db") if isinstance(une, forme)]


@pytest.mark.parametrize(
    ("nom", "annee", "attendue", "appels"),
    [
        (A_JOUR, None, (N - 1, []), 1),
        (A_JOUR, N - 1, (N - 1, []), 1),
        (A_JOUR, N - 2, (None, refus("NON_HABILITE", ["dgfip_annee_n_moins_2"])), 1),
        (A_JOUR, N - 3, (None, refus("NON_HABILITE", ["dgfip_annee_n_moins_3"])), 0),
        (EN_RETARD, None, (N - 2, []), 2),
        (EN_RETARD, N - 1, (None, refus("DOSSIER_ABSENT")), 1),
        (EN_RETARD, N - 2, (N - 2, []), 2),
        (INCONNU, None, (None, refus("DOSSIER_ABSENT")), 2),
        (INCONNU, N - 2, (None, refus("DOSSIER_ABSENT")), 2),
    ],
)
async def test_the_year_before_last_is_shown_only_for_want_of_the_last(
    app: Application, nom: str, annee: int | None, attendue: tuple[Any, Any], appels: int
) -> None:
    assert issue(await demander(app, nom, annee)) == attendue
    assert (await app.appels())[SOURCE] == appels


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("erreur_500", "SOURCE_INDISPONIBLE"),
        ("indisponible_503", "SOURCE_INDISPONIBLE"),
        ("quota_429", "SOURCE_QUOTA"),
        ("type_errone", "SOURCE_REPONSE_INVALIDE"),
    ],
)
@pytest.mark.parametrize("annee", [None, N - 1, N - 2])
async def test_a_source_that_cannot_tell_is_not_a_source_without_the_last_year(
    app: Application, mode: str, code: str, annee: int | None
) -> None:
    await app.mettre_en_panne(SOURCE, mode=mode)
    assert issue(await demander(app, EN_RETARD, annee)) == (None, refus(code))
    assert (await app.appels())[SOURCE] == 1


async def test_every_way_of_asking_shares_the_same_two_questions(app: Application) -> None:
    query = """query ($identite: IdentiteInput!) { particulier(identite: $identite) {
      a: situationFiscale { anneeRevenus } b: situationFiscale(anneeRevenus: %d) { anneeRevenus }
    } }"""
    corps = await demander(app, EN_RETARD, query=query % (N - 2))
    assert corps["data"]["particulier"] == {"a": {"anneeRevenus": N - 2}, "b": {"anneeRevenus": N - 2}}
    assert (await app.appels())[SOURCE] == 2


async def test_it_weighs_nothing_beside_a_year_that_is_granted_outright(app: Application) -> None:
    corps = await demander(app, EN_RETARD, autres=("dgfip_annee_n_moins_1",))
    assert issue(corps) == (None, refus("DOSSIER_ABSENT"))
    assert (await app.appels())[SOURCE] == 1


async def test_the_journal_tells_each_question_that_was_put(app: Application) -> None:
    await demander(app, EN_RETARD)
    await demander(app, A_JOUR, N - 2)
    en_retard, a_jour = traces(app, Issue)
    assert [une.code for une in en_retard.consultations] == ["DOSSIER_ABSENT", "OBTENU"]
    assert en_retard.champs == ("situationFiscale.anneeRevenus", "situationFiscale.revenuFiscalReference")
    assert [une.code for une in a_jour.consultations] == ["NON_HABILITE"]
    assert a_jour.consultations[0].duree_ms is not None
    assert a_jour.champs == ()


async def test_what_is_withheld_is_neither_told_in_band_nor_attested_as_an_answer(app: Application) -> None:
    assert (await demander(app, A_JOUR, N - 2))["data"]["particulier"]["sources"] == [
        {"etat": "NON_HABILITE", "code": "NON_HABILITE", "concordance": None}
    ]
    personne = (await app.personnes())[A_JOUR]["identite"]
    jeton, cles = await app.jeton([REPLI, RFR]), (await app.client.get("/.well-known/jwks.json")).content
    for annee, attendu in ((N - 2, (EtatSource.NON_HABILITE, None)), (None, (EtatSource.OBTENU, INSTANT))):
        variables = {"identite": personne, "annee": annee}
        reponse = await app.demander(QUERY, variables, jeton, {"X-Attestation": "jws"})
        (bloc,) = verifier(reponse.content, cles).constat.blocs
        assert (bloc.etat, bloc.repondu_le) == attendu


async def test_its_cost_is_that_of_two_calls_whatever_comes_of_them(app: Application) -> None:
    jeton = await app.jeton([REPLI, RFR])
    query = "query ($q: String!) { expliquer(requete: $q) { acceptee code appels champs { accorde } } }"

    async def expliquer(blocs: int) -> Any:
        alias = " ".join(f"a{rang}: situationFiscale {{ anneeRevenus }}" for rang in range(blocs))
        reponse = await app.demander(query, {"q": f"{{ particulier {{ {alias} }} }}"}, jeton)
        return reponse.json()["data"]["expliquer"]

    assert await expliquer(1) == {"acceptee": True, "code": None, "appels": 2, "champs": [{"accorde": True}]}
    assert (await expliquer(15))["appels"] == 30
    assert (await expliquer(16))["code"] == "REQUETE_TROP_COUTEUSE"


async def test_its_holder_sees_the_bloc(app: Application) -> None:
    reponse = await app.client.get(
        "/schema.graphql",
        params={"habilitation": "moi"},
        headers={"Authorization": f"Bearer {await app.jeton([REPLI, RFR])}"},
    )
    assert "situationFiscale(" in reponse.text
    assert f'@requiresYearScopes(repli: "{REPLI}"' in reponse.text
