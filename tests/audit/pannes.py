"""Take the journal away from a running gateway, in every way: nobody is answered, no source is called, it heals.

    python -m tests.audit.pannes [--requetes 60]

Prints a table, one line a failure, in less than four minutes. Exit status 1 when a promise is broken: an answer other
than the refusal, a source that was called, a refusal later than 1,200 ms, no healing without a restart, or a journal
that is not intact in the end.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from audit.postgresql.copie import copier
from audit.scelles import chemin_par_defaut, cle_publique
from audit.verification import verifier
from graph.errors import AuditIndisponible
from tests.audit.kill9_cibles import PASSERELLE, Requete
from tests.audit.pannes_causes import SUR_POSTGRESQL, SUR_SQLITE, Cause, Terrain
from tests.serveur import serveur
from tests.serveur_postgresql import serveur_postgresql

REQUETES, REQUETES_MIN, CLIENTS = 60, 50, 6
#: Milliseconds within which a refusal is promised.
PROMESSE = 1200
#: Seconds: to heal, once the cause is gone; between two tries; for one answer; and for all the failures.
GUERISON, PAUSE, PATIENCE, DUREE = 15.0, 0.02, 10.0, 200.0
#: What is answered when there is no trace: its status and its code.
REFUS = (AuditIndisponible.status, AuditIndisponible.code)

Verdict = tuple[int, str]
"""The status of an answer, and DONNEES or the code of its first error."""


@dataclass(frozen=True, slots=True)
class Mesure:
    """What a failure made of the requests sent while it lasted."""

    panne: str
    envoyees: int
    autres: Mapping[Verdict, int]
    """Answers that are not the refusal."""
    appels: int
    """Calls that the sources received for them."""
    pire: float
    """Milliseconds."""
    guerison: float | None
    """Milliseconds until an answer, once the cause was gone; None when it did not heal."""

    @property
    def fautes(self) -> tuple[str, ...]:
        """Name the promises that were broken."""
        tenues = {
            "trop peu de requêtes": self.envoyees >= REQUETES_MIN,
            f"autres réponses {dict(self.autres)}": not self.autres,
            "sources appelées": self.appels == 0,
            "refus tardif": self.pire <= PROMESSE,
            "pas de guérison": self.guerison is not None,
        }
        return tuple(promesse for promesse, tenue in tenues.items() if not tenue)

    def ligne(self) -> str:
        """Write a line of the table."""
        guerison = "jamais" if self.guerison is None else f"{self.guerison:.0f} ms"
        colonnes = (
            f"{self.envoyees}",
            f"{sum(self.autres.values())}",
            f"{self.appels}",
            f"{self.pire:.0f} ms",
            guerison,
        )
        return _aligner(self.panne, colonnes) + (f"  ROMPU : {', '.join(self.fautes)}" if self.fautes else "")


def _aligner(panne: str, colonnes: Sequence[str]) -> str:
    return f"{panne:<50}" + "".join(f"{colonne:>11}" for colonne in colonnes)


ENTETE = _aligner("Panne", ("requêtes", "autres", "appels", "pire 503", "guérison"))


@dataclass(frozen=True, slots=True)
class Banc:
    """A gateway, and how it is asked."""

    client: httpx.AsyncClient
    requete: Requete

    async def demander(self) -> tuple[Verdict, float]:
        """Ask once; return what was answered, and after how many milliseconds."""
        debut = time.perf_counter()
        reponse = await self.client.post(
            self.requete.chemin, content=self.requete.corps, headers=dict(self.requete.entetes)
        )
        duree = 1000 * (time.perf_counter() - debut)
        corps = reponse.json()
        dit = "DONNEES" if corps.get("data") else corps["errors"][0]["extensions"]["code"]
        return (reponse.status_code, dit), duree

    async def appels(self) -> int:
        """How many calls the simulators received since they began."""
        lus = [await self.client.get(f"/bac-a-sable/appels{suite}") for suite in ("", "/auxiliaires")]
        return sum(nombre for un in lus for nombre in un.raise_for_status().json().values())

    async def servir(self) -> None:
        """Check that it answers, and that calls are counted: it would otherwise prove nothing."""
        avant = await self.appels()
        verdict, _ = await self.demander()
        if verdict != (httpx.codes.OK, "DONNEES") or await self.appels() <= avant:
            raise RuntimeError(f"the gateway does not serve before the failure: {verdict}")

    async def guerir(self) -> float | None:
        """Ask until it answers; return after how many milliseconds."""
        debut = time.perf_counter()
        while time.perf_counter() - debut < GUERISON:
            if (await self.demander())[0] == (httpx.codes.OK, "DONNEES"):
                return 1000 * (time.perf_counter() - debut)
            await asyncio.sleep(PAUSE)
        return None


async def eprouver(nom: str, cause: Cause, terrain: Terrain, banc: Banc, combien: int) -> Mesure:
    """Make a failure last while so many requests are sent, several at once; then let it heal."""
    await banc.servir()
    async with cause(terrain):
        avant = await banc.appels()
        restent = iter(range(combien))
        reponses = [
            une for client in await asyncio.gather(*(_client(banc, restent) for _ in range(CLIENTS))) for une in client
        ]
        appels = await banc.appels() - avant
    guerison = await banc.guerir()
    autres = Counter(verdict for verdict, _ in reponses if verdict != REFUS)
    return Mesure(nom, len(reponses), autres, appels, max(duree for _, duree in reponses), guerison)


async def _client(banc: Banc, restent: Iterator[int]) -> list[tuple[Verdict, float]]:
    return [await banc.demander() for _ in restent]


async def campagne(causes: Mapping[str, Cause], terrain: Terrain, combien: int, echeance: float) -> list[Mesure]:
    """Put one gateway, which is never started again, through several failures."""
    mesures = []
    requete = await PASSERELLE.requete(urlsplit(terrain.serveur.url).port or 0)
    async with (
        asyncio.timeout(echeance - time.monotonic()),
        httpx.AsyncClient(base_url=terrain.serveur.url, timeout=PATIENCE, trust_env=False) as client,
    ):
        for nom, cause in causes.items():
            mesures.append(await eprouver(nom, cause, terrain, Banc(client, requete), combien))
            sys.stdout.write(f"{mesures[-1].ligne()}\n")
            sys.stdout.flush()
    return mesures


@contextmanager
def _sqlite(dossier: Path) -> Iterator[Terrain]:
    dossier.mkdir()
    with serveur(garde=dossier) as un:
        yield Terrain(un)
    _exiger_intact(dossier, dossier / "journal.db")


@contextmanager
def _postgresql(dossier: Path) -> Iterator[Terrain]:
    dossier.mkdir()
    with serveur_postgresql() as base:
        adresse, scelles = base.url("postgres"), dossier / "scelles"
        with serveur(garde=dossier, journal=adresse, scelles=str(scelles)) as un:
            yield Terrain(un, base)
        asyncio.run(copier(adresse, scelles, dossier / "copie.db", lambda _: None))
    _exiger_intact(dossier, dossier / "copie.db")


def _exiger_intact(dossier: Path, journal: Path) -> None:
    cle = cle_publique((dossier / "cles" / "scelles.cle").read_bytes())
    rapport = verifier(journal, chemin_par_defaut(journal), cle)
    if not rapport.intact:
        raise JournalAbime(str(rapport.anomalie))
    sys.stdout.write(f"{'':<4}journal intact : {rapport.enregistrements} enregistrements\n")


class JournalAbime(Exception):  # noqa: N818 - the domain's nouns are French
    """What the failures left is not a whole journal."""


def main() -> int:
    """Run every failure in a temporary folder."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    options.add_argument("--requetes", type=int, default=REQUETES)
    combien = options.parse_args().requetes
    debut = time.monotonic()
    sys.stdout.write(f"{ENTETE}\n")
    mesures: list[Mesure] = []
    with tempfile.TemporaryDirectory(prefix="pannes-") as nom:
        dossier = Path(nom)
        for causes, terrain in (
            (SUR_SQLITE, _sqlite(dossier / "sqlite")),
            (SUR_POSTGRESQL, _postgresql(dossier / "postgresql")),
        ):
            with terrain as un:
                mesures += asyncio.run(campagne(causes, un, combien, debut + DUREE))
    rompues = sum(bool(mesure.fautes) for mesure in mesures)
    sys.stdout.write(
        f"{len(mesures)} pannes, {sum(mesure.envoyees for mesure in mesures)} requêtes, {rompues} promesses rompues, "
        f"en {time.monotonic() - debut:.0f} s (503 promis en {PROMESSE} ms)\n"
    )
    return 1 if rompues else 0


if __name__ == "__main__":
    sys.exit(main())
