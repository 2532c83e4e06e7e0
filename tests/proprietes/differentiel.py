"""The long campaign: 100,000 questions put to the planner and the executor, and 2,000 over HTTP, against the oracle.

`python -m tests.proprietes.differentiel` (`make differentiel`). A case is found again by its seed and its number.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import httpx
import structlog

from tests.application import Application, Horloge
from tests.proprietes.coeur import Coeur, coeur
from tests.proprietes.confrontation import Vues, observe, predict, tell, worth_seeing
from tests.proprietes.ecarts import KINDS, differences, leaves
from tests.proprietes.generateur import Cas, draw, draw_scopes, vary
from tests.proprietes.lecture import Types, read_types
from tests.proprietes.monde import Monde, discover
from tests.proprietes.passerelle import Passerelle
from tests.serveur import Serveur, serveur

SDL = Path(__file__).parents[2] / "schema.graphql"
_SERVEUR = Path(__file__).with_name("serveur_fige.py")
#: Callers who ask the same document: its parse is worth several.
APPELANTS = 8
_PROCESSUS = 2
#: Cases between two words of a process, and differences that are told in full.
_ETAPE = 250
_RACONTES = 5
Observation = Callable[[Cas], Awaitable[dict[str, Any]]]
#: Progress of a process: what it saw since the last, and the differences, told.
Etape = tuple[Vues, list[str]]


@dataclass(frozen=True, slots=True)
class Campagne:
    """The cases of one seed, each known by its number."""

    seed: int
    types: Types
    monde: Monde

    def cases(self, numeros: Iterable[int]) -> Iterator[tuple[int, Cas]]:
        """Yield cases; those of one document follow each other."""
        document, cas = -1, None
        for numero in numeros:
            if numero // APPELANTS != document or cas is None:
                document = numero // APPELANTS
                alea = Random(f"{self.seed}/{document}")  # noqa: S311 - cases must be found again
                cas = draw(alea, self.types, self.monde, draw_scopes(alea, self.types, self.monde.parametres))
            appelant = Random(f"{self.seed}/{document}/{numero % APPELANTS}")  # noqa: S311 - same
            yield numero, vary(appelant, self.types, self.monde.parametres, cas)

    async def play(self, numeros: Iterable[int], observation: Observation, *, noms: bool) -> AsyncIterator[Etape]:
        """Compare cases, and tell what was seen from time to time; `noms`: whether persons are observed as well."""
        vues, recits = Vues(), list[str]()
        for rang, (numero, cas) in enumerate(self.cases(numeros), 1):
            attendu = predict(self.types, self.monde, cas, vues)
            if not noms:
                del attendu["personnes"]
            vu = await observation(cas)
            if trouves := differences(attendu, vu):
                vues.compte.update(trouves)
                vues.compte["différences"] += 1
                recits.append(tell(f"SEED={self.seed} CAS={numero} : {dict(trouves)}", cas, attendu, vu))
            vues.compte.update(worth_seeing(self.monde, cas, attendu) | _measures(attendu))
            if rang % _ETAPE == 0:
                yield vues, recits
                vues, recits = Vues(), []
        yield vues, recits


def _measures(attendu: dict[str, Any]) -> dict[str, int]:
    return {
        "cas": 1,
        "feuilles rendues": sum(1 for _ in leaves(json.loads(attendu["data"]))),
        "erreurs au chemin": len(attendu["erreurs"]),
        "appels comparés": sum(attendu["appels"].values()),
    }


async def prepare(ouvert: Coeur, seed: int, personnes: int | None = None) -> Campagne:
    """Learn all that the sources know, once."""
    sdl = SDL.read_text(encoding="utf-8")
    types = read_types(sdl)
    return Campagne(seed, types, await discover(ouvert, types, sdl, personnes))


def inside(ouvert: Coeur) -> Observation:
    """Return how a case is observed in this process: persons included."""

    async def observation(cas: Cas) -> dict[str, Any]:
        vu = await observe(ouvert, await ouvert.jeton(cas.scopes), cas)
        return vu if "refus" in vu else vu | {"personnes": ouvert.interroges()}

    return observation


def through(passerelle: Passerelle) -> Observation:
    """Return how a case is observed by whoever has a token."""

    async def observation(cas: Cas) -> dict[str, Any]:
        return await observe(passerelle, await passerelle.jeton(cas.scopes), cas)

    return observation


def guarded_leaves(types: Types, sous: str, bloc: str) -> Iterator[str]:
    """Yield every leaf under a bloc, as `bloc.Type.field`."""
    for nom, (_, type_) in types[sous].items():
        yield from guarded_leaves(types, type_, bloc) if type_ in types else (f"{bloc}.{sous}.{nom}",)


def every_leaf(types: Types) -> frozenset[str]:
    """Return every leaf under every bloc."""
    blocs = {nom: sous for nom, (_, sous) in types["Particulier"].items() if nom != "sources"}
    return frozenset(feuille for bloc, sous in blocs.items() for feuille in guarded_leaves(types, sous, bloc))


def main() -> int:
    """Run the campaign; return the exit status."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seed = SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    if options.cas is not None:
        return asyncio.run(_replay(seed, options.cas))
    _say(f"SEED={seed} : {options.nombre} cas en processus, puis {options.http} par HTTP")
    vues, recits = _inside_processes(seed, options.nombre)
    if options.http:
        vues_http, recits_http = asyncio.run(_over_http(seed, range(options.nombre, options.nombre + options.http)))
        vues.update(vues_http)
        recits += recits_http
    for recit in recits[:_RACONTES]:
        _say(recit)
    return _conclude(vues, options.nombre + options.http)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nombre", type=int, default=100_000)
    parser.add_argument("--http", type=int, default=2_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--cas", type=int, help="play one case again")
    return parser.parse_args()


def _inside_processes(seed: int, nombre: int) -> tuple[Vues, list[str]]:
    """Share the documents between processes, and gather what they saw."""
    contexte = multiprocessing.get_context("spawn")
    file: Queue[Etape | None] = contexte.Queue()
    lots = [[n for n in range(nombre) if n // APPELANTS % _PROCESSUS == rang] for rang in range(_PROCESSUS)]
    processus = [contexte.Process(target=_worker, args=(seed, lot, file), daemon=True) for lot in lots]
    for un in processus:
        un.start()
    vues, recits, debut, finis = Vues(), list[str](), time.monotonic(), 0
    while finis < _PROCESSUS:
        etape = file.get(timeout=300)
        if etape is None:
            finis += 1
            continue
        vues.update(etape[0])
        recits += etape[1]
        if vues.compte["cas"] % (_ETAPE * 10) < _ETAPE:
            _progress(vues, debut, nombre)
    _say(f"{vues.compte['cas']} cas en {time.monotonic() - debut:.0f} s : {_pace(vues, debut)} cas/s")
    return vues, recits


def _worker(seed: int, numeros: list[int], file: "Queue[Etape | None]") -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    async def work() -> None:
        async with coeur() as ouvert:
            campagne = await prepare(ouvert, seed)
            async for etape in campagne.play(numeros, inside(ouvert), noms=True):
                file.put(etape)

    try:
        asyncio.run(work())
    finally:
        file.put(None)


async def _over_http(seed: int, numeros: range) -> tuple[Vues, list[str]]:
    async with coeur() as ouvert:
        campagne = await prepare(ouvert, seed)
    vues, recits, debut = Vues(), list[str](), time.monotonic()
    async with real_http() as application:
        async for nouvelles, racontees in campagne.play(numeros, through(application), noms=False):
            vues.update(nouvelles)
            recits += racontees
            _progress(vues, debut, len(numeros))
    _say(f"{len(numeros)} cas par HTTP en {time.monotonic() - debut:.0f} s : {_pace(vues, debut)} cas/s")
    return vues, recits


@asynccontextmanager
async def real_http() -> AsyncIterator[Application]:
    """Serve the gateway in a process of its own, and give a client of it."""
    ouvert: Serveur
    with serveur(commande=(sys.executable, _SERVEUR), maintenances="true") as ouvert:
        async with httpx.AsyncClient(base_url=ouvert.url, timeout=60, trust_env=False) as client:
            yield Application(client, ouvert.dossier, Horloge(), None)  # type: ignore[arg-type]  # it is elsewhere


async def _replay(seed: int, numero: int) -> int:
    async with coeur() as ouvert:
        campagne = await prepare(ouvert, seed)
        async for vues, recits in campagne.play([numero], inside(ouvert), noms=True):
            ((_, cas),) = campagne.cases([numero])
            attendu = predict(campagne.types, campagne.monde, cas, Vues())
            _say(recits[0] if recits else tell("Aucune différence", cas, attendu, "la même chose"))
            return int(vues.compte["différences"] > 0)
    return 1


def _conclude(vues: Vues, attendus: int) -> int:
    """Print the figures; return the exit status: any difference, any leaf not seen both ways, any case lost, fails."""
    compte, feuilles = vues.compte, every_leaf(read_types(SDL.read_text(encoding="utf-8")))
    jamais = sorted(feuilles - vues.permises) + sorted(feuilles - vues.refusees)
    lignes = {
        "cas": compte["cas"],
        "feuilles du schéma": len(feuilles),
        "  accordées au moins une fois": len(feuilles & vues.permises),
        "  refusées au moins une fois": len(feuilles & vues.refusees),
        "feuilles rendues, comparées": compte["feuilles rendues"],
        "erreurs au chemin, comparées": compte["erreurs au chemin"],
        "appels de source, comparés": compte["appels comparés"],
        "cas FranceConnect": compte["FranceConnect"],
        "cas à liste de personnes": compte["plusieurs personnes"],
        "cas à fragments": compte["fragment"],
        "cas à condition par variable": compte["condition variable"],
        **{f"différences : {kind}": compte[kind] for kind in KINDS},
        "cas en différence": compte["différences"],
    }
    for nom, nombre in lignes.items():
        _say(f"{nom:<45}{nombre:>12}")
    aveugles = [nom for nom, nombre in compte.items() if not nombre and nom not in KINDS]
    if jamais or aveugles:
        _say(f"Jamais vu : {', '.join(jamais + aveugles)}")
    return int(bool(compte["différences"] or jamais or aveugles or compte["cas"] != attendus))


def _progress(vues: Vues, debut: float, nombre: int) -> None:
    compte = vues.compte
    _say(f"{compte['cas']:>7} / {nombre}  {_pace(vues, debut)} cas/s  différences : {compte['différences']}")


def _pace(vues: Vues, debut: float) -> str:
    return f"{vues.compte['cas'] / max(0.001, time.monotonic() - debut):.0f}"


def _say(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
