"""Whatever the question and the scopes: the answer, its errors and its calls are those that the schema implies.

The long campaign is a command of its own, `make differentiel`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.application import application
from tests.proprietes.citoyens import Citoyens
from tests.proprietes.coeur import Coeur
from tests.proprietes.confrontation import Vues
from tests.proprietes.differentiel import APPELANTS, Campagne, Etape, every_leaf, inside, through
from tests.proprietes.ecarts import (
    APPEL_DE_TROP,
    APPEL_EN_MOINS,
    ERREUR,
    FEUILLE_DE_TROP,
    FEUILLE_EN_MOINS,
    FORME,
    PERSONNE,
    REFUS,
    differences,
)


async def watched(etapes: AsyncIterator[Etape]) -> Vues:
    """Return what was seen. Fail at the first difference."""
    vues = Vues()
    async for nouvelles, recits in etapes:
        assert not recits, recits[0]
        vues.update(nouvelles)
    return vues


@pytest.mark.asyncio(loop_scope="session")
async def test_answers_errors_and_calls_are_those_that_the_schema_implies(campagne: Campagne, ouvert: Coeur) -> None:
    vues = await watched(campagne.play(range(0, 300 * APPELANTS, APPELANTS), inside(ouvert), noms=True))
    assert min(vues.compte.values()) > 1, f"the generator went blind: {vues.compte}"


@pytest.mark.asyncio(loop_scope="session")
async def test_tokens_quotas_and_traces_change_nothing_to_an_answer(campagne: Campagne, tmp_path: Path) -> None:
    async with application(tmp_path, reconnaitre=Citoyens().reconnaitre) as ouverte:
        await watched(campagne.play(range(0, 40 * APPELANTS, APPELANTS), through(ouverte), noms=False))


@pytest.mark.asyncio(loop_scope="session")
async def test_a_case_is_found_again_by_its_seed_and_its_number(campagne: Campagne) -> None:
    tous = dict(campagne.cases(range(3 * APPELANTS)))
    assert [dict(campagne.cases([numero]))[numero] for numero in (3, 8, 21)] == [tous[3], tous[8], tous[21]]
    assert len({cas.query for cas in tous.values()}) == 3
    assert len(every_leaf(campagne.types)) > 200


@pytest.mark.parametrize(
    ("attendu", "vu", "trouves"),
    [
        ({"data": '{"a": 1}'}, {"data": '{"a": 1}'}, {}),
        ({"data": '{"a": null}'}, {"data": '{"a": 1}'}, {FEUILLE_DE_TROP: 1}),
        ({"data": '{"a": [1, 2]}'}, {"data": '{"a": [1, null]}'}, {FEUILLE_EN_MOINS: 1}),
        ({"data": '{"a": 1}'}, {"data": '{"a": 2}'}, {FEUILLE_DE_TROP: 1, FEUILLE_EN_MOINS: 1}),
        ({"data": '{"a": 1, "b": 2}'}, {"data": '{"b": 2, "a": 1}'}, {FORME: 1}),
        ({"appels": {"x": 0}}, {"appels": {"x": 1}}, {APPEL_DE_TROP: 1}),
        ({"appels": {"x": 2, "y": 0}}, {"appels": {"x": 1, "y": 0}}, {APPEL_EN_MOINS: 1}),
        ({"personnes": {("x", "a"): 1}}, {"personnes": {("x", "b"): 1}}, {PERSONNE: 1}),
        ({"erreurs": ["a"]}, {"erreurs": []}, {ERREUR: 1}),
        ({"data": "{}"}, {"refus": {}}, {REFUS: 1}),
    ],
)
def test_each_kind_of_difference_is_named(
    attendu: dict[str, object], vu: dict[str, object], trouves: dict[str, int]
) -> None:
    rien = {"data": "{}", "erreurs": [], "appels": {}}
    assert differences(rien | attendu, vu if "refus" in vu else rien | vu) == trouves
