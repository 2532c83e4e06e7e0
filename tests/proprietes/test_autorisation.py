"""Whatever the question and the scopes: the answer, its errors and its calls are those that the schema implies."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import structlog

from habilitations.regles import PERSONNES_MAX
from tests.application import ESSAIS, SIRET, Application, Personnes, application
from tests.proprietes.generateur import Cas, draw, draw_scopes
from tests.proprietes.monde import Monde, Reponse, discover, key
from tests.proprietes.oracle import NON_HABILITE, SANS_QUESTION, Chemin, Oracle, Types, read_types

SDL = Path(__file__).parents[2] / "schema.graphql"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log of thousands of requests out of the report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()


@dataclass(frozen=True, slots=True)
class Vues:
    """What a campaign saw: how often each thing worth seeing, and which leaves were granted, and refused."""

    compte: Counter[str] = field(default_factory=Counter)
    permises: set[str] = field(default_factory=set)
    refusees: set[str] = field(default_factory=set)


def predict(types: Types, monde: Monde, cas: Cas, vues: Vues) -> dict[str, Any]:
    """Return what the oracle expects, in the form of `observe`."""
    # FranceConnect gives no identity again, whatever the citizen agreed to.
    effectifs = cas.scopes if cas.dossier.identite else frozenset(un for un in cas.scopes if "_identite" not in un)

    def answered(identite: Any, bloc: str, arguments: dict[str, Any]) -> Reponse:
        resolus = monde.resolve(bloc, arguments, effectifs)[1]
        reponses = monde.of(identite, cas.dossier).reponses[bloc]
        return reponses.get(key(resolus)) or reponses[key(arguments)]

    def asked(identite: Any, bloc: str, arguments: dict[str, Any]) -> tuple[list[list[str]] | None, Any]:
        groupes = monde.resolve(bloc, arguments, effectifs)[0]
        return groupes, answered(identite, bloc, arguments).donnees

    def in_band(blocs: Iterable[Any]) -> list[dict[str, Any]]:
        return [
            {
                "chemin": ".".join(map(str, chemin)),
                "source": monde.fournisseurs[bloc][0],
                "fournisseur": monde.fournisseurs[bloc][1],
                "etat": refus.etat if refus else "OBTENU",
                "code": refus.code if refus not in (None, SANS_QUESTION) else None,
                "concordance": None
                if refus in (SANS_QUESTION, NON_HABILITE)
                else answered(identite, bloc, arguments).concordance,
            }
            for chemin, identite, bloc, arguments, refus in blocs
        ]

    oracle = Oracle(types, effectifs, cas.query, cas.variables, asked)
    habilitation = {"scopes": sorted(cas.scopes), "destinataires": [SIRET], "personnesParRequete": PERSONNES_MAX}
    data = oracle.data({"habilitation": habilitation, "sources": monde.sources}, in_band)
    vues.permises.update(oracle.permises)
    vues.refusees.update(oracle.refusees)
    sources = {chemin: monde.fournisseurs[bloc][0] for chemin, _, bloc, _, _ in oracle.blocs}
    questions = set()
    for _, identite, bloc, arguments, refus in oracle.blocs:
        reponse = answered(identite, bloc, arguments)
        if refus not in (SANS_QUESTION, NON_HABILITE) and reponse.appelee:
            questions.add((monde.fournisseurs[bloc][0], monde.of(identite, cas.dossier).nom, reponse.question))
    erreurs = [
        [list(chemin or ()), code, etat, manquants, None if code == NON_HABILITE.code else _source(sources, chemin)]
        for chemin, code, etat, manquants in oracle.erreurs
    ]
    appels = Counter(source for source, _, _ in questions)
    return {
        "data": json.dumps(data),
        "erreurs": sorted(map(json.dumps, erreurs)),
        "appels": {nom: appels[nom] for nom, _ in sorted(monde.fournisseurs.values())},
    }


def _source(sources: Mapping[Chemin, str], chemin: Chemin | None) -> str | None:
    """Return the source of the bloc where, or under which, an error stands."""
    return next((nom for debut, nom in sources.items() if chemin and chemin[: len(debut)] == debut), None)


async def observe(application: Application, jeton: str, cas: Cas) -> dict[str, Any]:
    """Return what the gateway answers, key order included, and what its sources were asked."""
    for _ in range(ESSAIS):
        await application.oublier_les_appels()
        headers = {} if cas.dossier.identite else {"X-FranceConnect-Token": cas.dossier.nom}
        reponse = await application.demander(cas.query, cas.variables, jeton, headers)
        if reponse.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
    corps = reponse.json()
    if "data" not in corps:
        return {"refus": corps}
    erreurs = [
        [une["path"], suite["code"], suite["etat"], suite.get("scopes", []), suite.get("source")]
        for une in corps.get("errors", [])
        for suite in [une["extensions"]]
    ]
    return {
        "data": json.dumps(corps["data"]),
        "erreurs": sorted(json.dumps(erreur) for erreur in erreurs),
        "appels": await application.appels(),
    }


async def campaign(chemin: Path, graines: range, personnes: int | None = None) -> Vues:
    """Play one case per seed, and return what was seen."""
    sdl = SDL.read_text(encoding="utf-8")
    types = read_types(sdl)
    vues = Vues()
    async with application(chemin, reconnaitre=Personnes().reconnaitre) as ouverte:
        monde = await discover(ouverte, types, sdl, personnes)
        alea = Random(graines.start)  # noqa: S311 - cases must be found again
        habilitations = [draw_scopes(alea, types) for _ in range(max(40, len(graines) // 25))]
        jetons = {scopes: await ouverte.jeton(scopes) for scopes in habilitations}
        for graine in graines:
            alea = Random(graine)  # noqa: S311 - cases must be found again
            cas = draw(alea, types, monde, habilitations[graine % len(habilitations)])
            attendu = predict(types, monde, cas, vues)
            observe_ = await observe(ouverte, jetons[cas.scopes], cas)
            assert observe_ == attendu, tell(graine, cas, attendu, observe_)
            vues.compte.update(worth_seeing(monde, cas, attendu))
            if graine % 500 == 0:
                print(f"{graine} {dict(vues.compte)}")  # noqa: T201 - long work shows progress
    return vues


def tell(graine: int, cas: Cas, attendu: object, observe_: object) -> str:
    """Return everything needed to play a case again."""
    return (
        f"\ngraine {graine}\n{cas.query}\nvariables {json.dumps(cas.variables)}\nscopes {sorted(cas.scopes)}"
        f"\nattendu {attendu}\nobservé {observe_}"
    )


def worth_seeing(monde: Monde, cas: Cas, attendu: dict[str, Any]) -> dict[str, bool]:
    """Tell what a case exercises, so that a generator that went blind is seen."""
    appels, erreurs = sum(attendu["appels"].values()), str(attendu["erreurs"])
    return {
        "sans appel": not appels,
        "plusieurs appels": appels > 1,
        "refus": "NON_HABILITE" in erreurs,
        "refus en liste": any(any(isinstance(cle, int) for cle in json.loads(une)[0]) for une in attendu["erreurs"]),
        "absent": '"ABSENT"' in erreurs,
        "clé manquante": "IDENTIFIANT_MANQUANT" in erreurs,
        "donnée non fiable": "DONNEE_NON_FIABLE" in erreurs,
        "FranceConnect": cas.dossier.identite is None,
        "plusieurs personnes": "particuliers" in cas.query,
        "fragment": "fragment F1" in cas.query,
        "condition variable": "(if: $" in cas.query,
        "bloc vide": "{}" in attendu["data"],
        "en bande": "chemin" in attendu["data"],
        "donnée et refus": appels > 0 and "NON_HABILITE" in erreurs,
        **{f"appel à {source}": attendu["appels"][source] > 0 for source, _ in monde.fournisseurs.values()},
    }


async def test_answers_errors_and_calls_are_those_that_the_schema_implies(tmp_path: Path) -> None:
    vues = await campaign(tmp_path, range(300), personnes=14)
    assert min(vues.compte.values()) > 1, f"the generator went blind: {vues.compte}"


@pytest.mark.campagne
async def test_a_long_campaign_finds_no_difference_in_any_leaf(tmp_path: Path) -> None:
    vues = await campaign(tmp_path, range(1_000, 6_000))
    assert min(vues.compte.values()) > 20, f"the generator went blind: {vues.compte}"
    feuilles = set(guarded_leaves(read_types(SDL.read_text(encoding="utf-8"))))
    assert feuilles - vues.permises == set()
    assert feuilles - vues.refusees == set()
    print(f"5000 cases, {len(feuilles)} leaves, no difference: {dict(vues.compte)}")  # noqa: T201 - the campaign tells what it saw


def guarded_leaves(types: Types, type_: str = "Particulier") -> Iterator[str]:
    """Yield every leaf under a bloc, as `Type.field`."""
    for nom, (_, sous) in types[type_].items():
        if sous not in types:
            yield f"{type_}.{nom}"
        elif sous != "SourceConsultee":
            yield from guarded_leaves(types, sous)
