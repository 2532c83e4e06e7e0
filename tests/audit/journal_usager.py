"""How long a citizen waits for her journal among millions of traces.

    make consultations

It writes a journal through the real path, under 36 monthly keys, in a folder of its own that it removes; then it prints
how long it takes to index, and the latencies of searches, then of requests, for citizens consulted a little and a lot.
"""

import argparse
import asyncio
import logging
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from uuid import UUID

import structlog

from audit.consultations import Repere, lire_page
from audit.consultations_sqlite import ConsultationsSqlite
from audit.index import Index, chemin_par_defaut
from audit.journal import Journal
from audit.mois import Mois
from audit.pseudonyme import pseudonymes
from audit.rattachement import chercher
from audit.registre import connecter
from audit.trace import OBTENU, Consultation, Intention, Issue, Pseudonyme, Trace
from audit.trousseau import CONSERVATION, Trousseau
from gateway.sceau import sceau
from graph.enums import Sexe
from graph.errors import AuditIndisponible
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from sandbox.personas import DOSSIER, load
from tests.application import INSTANT, Application, Horloge, Personnes, application, reglages

LOT = 2_000
#: Bytes of the files per trace, with a margin.
PAR_TRACE = 3_000
PRESSEE, ACCES_MAX = "dubois-angela", 100_000
ORDINAIRES, RECHERCHES = 200, 200
JOURNAL = """query ($apres: String) { mesConsultations(premiers: 20, apres: $apres) {
  edges { node { instant destinataire contenu { champs issue } } } pageInfo { hasNextPage endCursor } } }"""
CHAMPS = tuple(f"situationFiscale.champ{rang}" for rang in range(6))


@dataclass(frozen=True)
class Population:
    """Who is consulted, by which key."""

    pressee: Identite
    ordinaires: Sequence[Identite]
    trousseau: Trousseau

    def cles(self) -> list[bytes]:
        return list(self.trousseau.toutes().values())


def peupler(dossier: Path) -> Population:
    """Return one citizen of the sandbox, others, and the keys of the months kept."""
    par_nom = {une.nom: une for une in load(INSTANT.date, DOSSIER)}
    trousseau = Trousseau(reglages(dossier).cles_pseudonymes, bac_a_sable=True)
    trousseau.preparer(INSTANT - timedelta(days=30.5 * (CONSERVATION - 1)), CONSERVATION + 1)
    ordinaires = [
        Identite(
            pivot=IdentitePivot(f"NOM{rang}", ("ANNE", "LOU"), DateNaissance(1987, 3, 14), Sexe.F, "99100", "13055")
        )
        for rang in range(ORDINAIRES)
    ]
    return Population(par_nom[PRESSEE].par_france_connect, ordinaires, trousseau)


def traces(population: Population, combien: int, alea: random.Random) -> Iterator[Trace]:
    """Yield accesses, two traces each: of one citizen often, of the ordinary ones, and of a crowd, once each."""
    acces = combien // 2
    debut = INSTANT - timedelta(days=30.4 * (CONSERVATION - 1))
    pas = (INSTANT - debut) / acces
    part = min(ACCES_MAX / acces, 0.1)
    for rang in range(acces):
        instant, sort = debut + rang * pas, alea.random()
        if sort < part:
            qui: Identite | None = population.pressee
        else:
            qui = alea.choice(population.ordinaires) if sort < part + 40 * ORDINAIRES / acces else None
        yield from _acces(population, qui, instant, alea)


def _acces(population: Population, qui: Identite | None, instant: datetime, alea: random.Random) -> Iterator[Trace]:
    hasard = alea.randbytes(144).hex()
    requete = str(UUID(hasard[256:]))
    portes, rendus = _portes(population, qui, instant, hasard)
    yield Intention(
        requete=requete,
        rang=0,
        instant=instant,
        jeton=f"0f8fad5b-d9cb-469f-a165-7086772895{hasard[:2]}",
        habilitation="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        destinataire="21920023500014",
        cadre_juridique="Délibération n° 12 du 3 mars 2026 ; art. L. 114-8 du CRPA",
        operation="ab" * 32,
        champs=CHAMPS,
        pseudonymes=portes,
    )
    yield Issue(
        requete=requete,
        rang=0,
        instant=instant,
        resultat=OBTENU,
        champs=CHAMPS,
        consultations=(Consultation("dgfip_situation_fiscale", OBTENU, 40),),
        pseudonymes=rendus,
    )


def _portes(
    population: Population, qui: Identite | None, instant: datetime, hasard: str
) -> tuple[tuple[Pseudonyme, ...], tuple[Pseudonyme, ...]]:
    """Return what the intention and the issue bear; of one access in three, the intention has a number alone."""
    numero = (Pseudonyme("ine", hasard[:64]),)
    if qui is None or qui.pivot is None:
        precisions = (hasard[192:208], hasard[208:224], hasard[224:240], hasard[240:256])
        etat_civil = Pseudonyme("etat_civil", hasard[64:128], precisions)
        return (*numero, Pseudonyme("identite_pivot", hasard[128:192]), etat_civil), (etat_civil,)
    cle, pivot = population.trousseau.du_mois(Mois.de(instant)), qui.pivot
    rendus = pseudonymes(cle, EtatCivil(pivot.nom_naissance, pivot.prenoms, str(pivot.naissance)))
    return (numero if hasard[0] < "5" else (*numero, *pseudonymes(cle, qui))), rendus


def dire(ligne: str) -> None:
    sys.stdout.write(f"{ligne}\n")
    sys.stdout.flush()


async def ecrire(dossier: Path, population: Population, combien: int) -> None:
    settings = reglages(dossier)
    horloge = Horloge()
    journal = Journal(fichier(dossier), horloge, sceau(settings, horloge))
    await journal.ouvrir()
    lot: list[Trace] = []
    for rang, trace in enumerate(traces(population, combien, random.Random(11)), 1):  # noqa: S311 - found again
        lot.append(trace)
        if len(lot) == LOT or rang == combien:
            try:
                await journal.ecrire(lot)
            except AuditIndisponible as lent:  # late, and written all the same
                if lent.cause != "DELAI_DEPASSE":
                    raise
            lot = []
        if rang % 500_000 == 0:
            dire(f"  {rang:_} traces")
    while not await journal.pret():
        pass
    await journal.aclose()


async def mesurer(nom: str, combien: int, demander: Callable[[int], Awaitable[object]]) -> None:
    """Print the latencies of a gesture made many times."""
    durees = []
    for rang in range(combien):
        debut = perf_counter()
        await demander(rang)
        durees.append((perf_counter() - debut) * 1_000)
    centiles = statistics.quantiles(durees, n=100)
    dire(f"{nom:<58} p50 {centiles[49]:7.1f} ms   p99 {centiles[98]:7.1f} ms   max {max(durees):7.1f} ms")


def fichier(dossier: Path) -> Path:
    journal = reglages(dossier).journal
    assert isinstance(journal, Path)
    return journal


async def chercher_directement(dossier: Path, population: Population) -> None:
    lieu = ConsultationsSqlite(fichier(dossier))
    await lieu.ouvrir()
    cles, connu = population.cles(), population.pressee.pivot

    async def page(qui: Identite, apres: Repere | None = None) -> int:
        assert qui.pivot
        lue = await lire_page(lieu, chercher(cles, qui.pivot), 20, apres)
        return len(lue.acces)

    await page(population.pressee)
    trouves = [await page(une) for une in population.ordinaires]
    dire(f"{len(cles)} clés ; une personne ordinaire a au moins {min(trouves)} accès")
    await mesurer(
        "recherche, personne ordinaire", RECHERCHES, lambda rang: page(population.ordinaires[rang % ORDINAIRES])
    )
    assert connu
    inconnue = replace(population.pressee, pivot=replace(connu, nom_naissance="PERSONNE"))
    await mesurer("recherche, personne jamais consultée", RECHERCHES, lambda _: page(inconnue))
    await mesurer("recherche, personne très consultée", RECHERCHES, lambda _: page(population.pressee))
    await lieu.aclose()


async def par_http(dossier: Path) -> None:
    async with application(dossier, reconnaitre=Personnes().reconnaitre) as app:
        jeton = (await app.jeton_de("citoyen"))["jeton"]
        await _page(app, jeton)
        await mesurer("HTTP, première page d'une personne très consultée", RECHERCHES, lambda _: _page(app, jeton))
        apres: str | None = None

        async def suivante(_: int) -> None:
            nonlocal apres
            apres = await _page(app, jeton, apres)

        await mesurer("HTTP, ses pages l'une après l'autre", RECHERCHES, suivante)


async def _page(app: Application, jeton: str, apres: str | None = None) -> str:
    reponse = await app.demander(JOURNAL, {"apres": apres}, jeton, {"X-FranceConnect-Token": PRESSEE})
    page = reponse.raise_for_status().json()["data"]["mesConsultations"]
    assert page["pageInfo"]["hasNextPage"]
    assert len(page["edges"]) == 20
    return str(page["pageInfo"]["endCursor"])


def main() -> None:
    lecteur = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    lecteur.add_argument("--traces", type=int, default=10_000_000)
    combien = lecteur.parse_args().traces
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as temporaire:
        dossier = Path(temporaire)
        if shutil.disk_usage(dossier).free < combien * PAR_TRACE:
            raise SystemExit(f"{combien * PAR_TRACE // 10**9} Go libres sont nécessaires.")
        population = peupler(dossier)
        debut = perf_counter()
        asyncio.run(ecrire(dossier, population, combien))
        journal = fichier(dossier)
        dire(f"{combien:_} traces écrites en {perf_counter() - debut:.0f} s, {journal.stat().st_size / 1e9:.2f} Go")
        debut, index = perf_counter(), chemin_par_defaut(journal)
        with closing(connecter(journal, "ro")) as connexion:
            Index.a_jour(connexion, index).close()
        dire(f"indexées en {perf_counter() - debut:.0f} s, {index.stat().st_size / 1e9:.2f} Go")
        asyncio.run(chercher_directement(dossier, population))
        asyncio.run(par_http(dossier))


if __name__ == "__main__":
    main()
