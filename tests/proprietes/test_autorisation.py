"""Whatever the question and the scopes: the answer, its errors and its calls are those that the schema implies."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import structlog

from tests.application import ESSAIS, SIRET, Application, application
from tests.proprietes.generateur import Cas, draw, draw_scopes
from tests.proprietes.monde import Dossier, Monde, discover, key, resolve
from tests.proprietes.oracle import SANS_QUESTION, Oracle, Types, read_types

SDL = Path(__file__).parents[2] / "schema.graphql"
#: The contract: what an error says of a bloc. A code that is not there is not one that the sandbox's persons meet.
ETATS = {
    None: "OBTENU",
    SANS_QUESTION: "OBTENU",
    "NON_HABILITE": "NON_HABILITE",
    "DOSSIER_ABSENT": "ABSENT",
    "IDENTITE_NON_RECONNUE": "ABSENT",
    "NON_ELIGIBLE": "ABSENT",
    "IDENTITE_AMBIGUE": "INCONNU",
    "IDENTITE_INCOHERENTE": "INCONNU",
    "DONNEE_NON_FIABLE": "INCONNU",
    "IDENTIFIANT_MANQUANT": "INCONNU",
    "PARAMETRE_REFUSE_PAR_LA_SOURCE": "INCONNU",
}
#: Outcomes that are known before any call.
SANS_APPEL = {"NON_HABILITE", "IDENTIFIANT_MANQUANT", SANS_QUESTION}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log of thousands of requests out of the report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def types() -> Types:
    return read_types(SDL.read_text(encoding="utf-8"))


def predict(types: Types, monde: Monde, dossier: Dossier, cas: Cas) -> dict[str, Any]:
    """Return what the oracle expects, in the form of `observe`."""

    def asked(bloc: str, arguments: dict[str, Any]) -> tuple[list[list[str]] | None, Any]:
        groupes, resolus = resolve(bloc, arguments, cas.scopes)
        return groupes, dossier.reponse(bloc, resolus)

    def in_band(blocs: Iterable[Any]) -> list[dict[str, Any]]:
        return [
            {
                "chemin": ".".join(chemin),
                "source": monde.fournisseurs[bloc][0],
                "fournisseur": monde.fournisseurs[bloc][1],
                "etat": ETATS[code],
                "code": None if code == SANS_QUESTION else code,
            }
            for chemin, bloc, _, code in blocs
        ]

    oracle = Oracle(types, cas.scopes, cas.query, cas.variables, asked)
    habilitation = {"scopes": sorted(cas.scopes), "destinataires": [SIRET]}
    data = oracle.data({"habilitation": habilitation, "sources": monde.sources}, in_band)
    sources = {chemin: monde.fournisseurs[bloc][0] for chemin, bloc, _, code in oracle.blocs if code != "NON_HABILITE"}
    demandes = {
        (monde.fournisseurs[bloc][0], key(resolve(bloc, arguments, cas.scopes)[1]))
        for _, bloc, arguments, code in oracle.blocs
        if code not in SANS_APPEL
    }
    erreurs = [
        [list(chemin), code, ETATS[code], manquants, sources.get(chemin)] for chemin, code, manquants in oracle.erreurs
    ]
    appels = Counter(source for source, _ in demandes)
    return {
        "data": json.dumps(data),
        "erreurs": sorted(json.dumps(erreur) for erreur in erreurs),
        "appels": {nom: appels[nom] for nom, _ in sorted(monde.fournisseurs.values())},
    }


async def observe(application: Application, jeton: str, cas: Cas) -> dict[str, Any]:
    """Return what the gateway answers, key order included, and what its sources were asked."""
    for _ in range(ESSAIS):
        await application.oublier_les_appels()
        reponse = await application.demander(cas.query, cas.variables, jeton)
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


async def campaign(chemin: Path, types: Types, graines: range) -> Counter[str]:
    """Play one case per seed, and return how often each thing worth seeing was seen."""
    vus: Counter[str] = Counter()
    async with application(chemin) as ouverte:
        monde = await discover(ouverte, types)
        alea = Random(graines.start)  # noqa: S311 - cases must be found again
        habilitations = [draw_scopes(alea, types) for _ in range(max(40, len(graines) // 25))]
        jetons = {scopes: await ouverte.jeton(scopes) for scopes in habilitations}
        for graine in graines:
            alea = Random(graine)  # noqa: S311 - cases must be found again
            (personne,) = alea.choices(monde.dossiers, [dossier.richesse for dossier in monde.dossiers])
            cas = draw(alea, types, personne, habilitations[graine % len(habilitations)])
            attendu = predict(types, monde, personne, cas)
            observe_ = await observe(ouverte, jetons[cas.scopes], cas)
            assert observe_ == attendu, tell(graine, cas, attendu, observe_)
            vus.update(worth_seeing(cas, attendu))
            if graine % 500 == 0:
                print(f"{graine} {dict(vus)}")  # noqa: T201 - long work shows progress
    return vus


def tell(graine: int, cas: Cas, attendu: object, observe_: object) -> str:
    """Return everything needed to play a case again."""
    return (
        f"\ngraine {graine}\n{cas.query}\nvariables {json.dumps(cas.variables)}\nscopes {sorted(cas.scopes)}"
        f"\nattendu {attendu}\nobservé {observe_}"
    )


def worth_seeing(cas: Cas, attendu: dict[str, Any]) -> dict[str, bool]:
    """Tell what a case exercises, so that a generator that went blind is seen."""
    appels, erreurs = sum(attendu["appels"].values()), str(attendu["erreurs"])
    return {
        "sans appel": not appels,
        "plusieurs appels": appels > 1,
        "refus": "NON_HABILITE" in erreurs,
        "refus en liste": any(any(isinstance(cle, int) for cle in json.loads(une)[0]) for une in attendu["erreurs"]),
        "absent": "ABSENT" in erreurs,
        "clé manquante": "IDENTIFIANT_MANQUANT" in erreurs,
        "fragment": "fragment F1" in cas.query,
        "condition variable": "(if: $" in cas.query,
        "bloc vide": "{}" in attendu["data"],
        "en bande": "chemin" in attendu["data"],
        "donnée et refus": appels > 0 and "NON_HABILITE" in erreurs,
    }


async def test_answers_errors_and_calls_are_those_that_the_schema_implies(tmp_path: Path, types: Types) -> None:
    vus = await campaign(tmp_path, types, range(300))
    assert min(vus.values()) > 2, f"the generator went blind: {vus}"


@pytest.mark.campagne
async def test_a_long_campaign_finds_no_difference(tmp_path: Path, types: Types) -> None:
    vus = await campaign(tmp_path, types, range(1_000, 6_000))
    print(f"5000 cases, no difference: {dict(vus)}")  # noqa: T201 - the campaign tells what it saw
