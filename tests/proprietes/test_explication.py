"""What a caller is told beforehand is what then happens: explanations, and the schema that it is shown."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from tests.application import Application, application
from tests.proprietes.coeur import Coeur
from tests.proprietes.differentiel import APPELANTS, Campagne
from tests.proprietes.explications import check
from tests.proprietes.generateur import draw_scopes
from tests.proprietes.lecture import Types, read_types
from tests.proprietes.monde import arguments_written, everything, literal

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def explain_all(campagne: Campagne, ouvert: Coeur, numeros: Iterable[int]) -> Counter[str]:
    compte: Counter[str] = Counter()
    for _, cas in campagne.cases(numeros):
        compte += await check(campagne, ouvert, cas)
    return compte


async def test_a_question_explained_is_what_it_then_is(campagne: Campagne, ouvert: Coeur) -> None:
    compte = await explain_all(campagne, ouvert, range(0, 20 * APPELANTS, APPELANTS))
    assert min(compte[nom] for nom in ("accordees", "refusees", "sources", "appels")) > 5


@pytest.mark.campagne
async def test_500_questions_explained_are_what_they_then_are(campagne: Campagne, ouvert: Coeur) -> None:
    compte = await explain_all(campagne, ouvert, range(100_000, 100_000 + 500 * APPELANTS, APPELANTS))
    assert compte["questions"] == 500
    print(  # noqa: T201 - a campaign tells what it saw
        f"\n500 requêtes expliquées puis posées : {compte['accordees']} feuilles accordées et {compte['refusees']} "
        f"refusées, scopes compris ; {compte['sources']} sources annoncées et {compte['appels']} appels faits ; "
        "0 appel pour expliquer, 0 différence"
    )


async def shown(campagne: Campagne, dossier: Path, tirages: range) -> Counter[str]:
    """Compare, for some sets of scopes, what is introspected, what is printed, what is explained, what is answered."""
    compte: Counter[str] = Counter()
    async with application(dossier) as ouverte:
        for tirage in tirages:
            alea = Random(tirage)  # noqa: S311 - cases must be found again
            accordes = draw_scopes(alea, campagne.types, campagne.monde.parametres)
            compte += await _shown(campagne, ouverte, accordes)
    return compte


async def _shown(campagne: Campagne, ouverte: Application, accordes: frozenset[str]) -> Counter[str]:
    jeton = await ouverte.jeton(accordes)
    headers = {"Authorization": f"Bearer {jeton}"}
    imprime = await ouverte.client.get("/schema.graphql", params={"habilitation": "moi"}, headers=headers)
    lu = await ouverte.demander(get_introspection_query(), jeton=jeton)
    introspecte = print_schema(build_client_schema(lu.raise_for_status().json()["data"]))
    accordees, refusees = await _explained(campagne, ouverte, jeton)
    assert set(leaves(read_types(imprime.raise_for_status().text))) == accordees
    assert set(leaves(read_types(introspecte))) == accordees
    assert accordees | refusees == set(leaves(campagne.types))
    return Counter(tirages=1, accordees=len(accordees), refusees=len(refusees))


async def _explained(campagne: Campagne, ouverte: Application, jeton: str) -> tuple[set[str], set[str]]:
    """Return the leaves under blocs that are granted, and refused, when everything is asked."""
    personne = next(iter((await ouverte.personnes()).values()))
    blocs = " ".join(
        bloc
        + arguments_written({nom: literal(une) for nom, une in personne["arguments"].get(bloc, {}).items()})
        + everything(campagne.types, campagne.types["Particulier"][bloc][1])
        for bloc in campagne.monde.fournisseurs
    )
    requete = f"query($i: IdentiteInput!) {{ particulier(identite: $i) {{ {blocs} }} }}"
    expliquer = "query($r: String!) { expliquer(requete: $r) { champs { champ accorde } } }"
    reponse = await ouverte.demander(expliquer, {"r": requete}, jeton)
    assert reponse.status_code == httpx.codes.OK
    champs = reponse.json()["data"]["expliquer"]["champs"]
    posee = (await ouverte.demander(requete, {"i": personne["identite"]}, jeton)).json()
    refuses = {".".join(c for c in e["path"][1:] if isinstance(c, str)) for e in posee.get("errors", ()) if refused(e)}
    accordees = {une["champ"] for une in champs if une["accorde"]}
    assert not any(une == refus or une.startswith(f"{refus}.") for une in accordees for refus in refuses)
    return accordees, {une["champ"] for une in champs} - accordees


def refused(erreur: dict[str, dict[str, str]]) -> bool:
    return erreur["extensions"]["code"] == "NON_HABILITE"


def leaves(types: Types, type_: str = "Particulier", amont: str = "") -> Iterator[str]:
    """Yield the leaves under the blocs of a printed schema, by their path from the bloc."""
    for nom, (_, sous) in types[type_].items():
        if (type_, nom) != ("Particulier", "sources"):
            yield from leaves(types, sous, f"{amont}{nom}.") if sous in types else (f"{amont}{nom}",)


async def test_the_schema_shown_is_the_leaves_granted(campagne: Campagne, tmp_path: Path) -> None:
    compte = await shown(campagne, tmp_path, range(3))
    assert min(compte["accordees"], compte["refusees"]) > 50


@pytest.mark.campagne
async def test_the_schema_shown_to_20_sets_of_scopes_is_the_leaves_granted(campagne: Campagne, tmp_path: Path) -> None:
    compte = await shown(campagne, tmp_path, range(100, 120))
    print(  # noqa: T201 - a campaign tells what it saw
        f"\n{compte['tirages']} ensembles de scopes : {compte['accordees']} feuilles introspectées, imprimées et "
        f"accordées, {compte['refusees']} ni montrées ni accordées, 0 différence"
    )
