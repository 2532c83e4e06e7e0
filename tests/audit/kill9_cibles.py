"""The servers that the campaign of kills may aim at: how each one starts, where its journal is, what to ask of it."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import orjson

from audit.postgresql.copie import copier
from tests.audit.ecrivains import ecrivains
from tests.serveur_postgresql import serveur_postgresql

_MINIMAL = Path(__file__).with_name("serveur_minimal.py")


@dataclass(frozen=True, slots=True)
class Requete:
    """What the clients send, over and over."""

    chemin: str
    entetes: Mapping[str, str]
    corps: bytes

    def octets(self) -> bytes:
        """Write it in HTTP/1.1."""
        entetes = {"host": "127.0.0.1", "content-length": str(len(self.corps)), **self.entetes}
        lignes = [f"POST {self.chemin} HTTP/1.1", *(f"{nom}: {valeur}" for nom, valeur in entetes.items())]
        return "\r\n".join((*lignes, "", "")).encode("latin-1") + self.corps


@dataclass(frozen=True, slots=True)
class Cible:
    """A server to kill. It keeps everything in the folder it is given, and finds it again when it restarts."""

    commande: Callable[[int, Path], Sequence[str]]
    """From a port and a folder, the program and its arguments."""
    journal: Callable[[Path], Path]
    environnement: Callable[[Path], Mapping[str, str]]
    requete: Callable[[int], Awaitable[Requete]]
    """From the port of the server, once it listens."""
    base: Callable[[Path], AbstractContextManager[None]] = lambda _dossier: nullcontext()
    """What must run beside it, for the whole campaign."""
    voisin: bool = False
    """Whether another server, which nobody kills, writes the same journal."""
    victimes: Callable[[int], Iterable[int]] = lambda serveur: (serveur,)
    """From the id of the server, those of the processes to kill."""


def _minimal(*options: str) -> Cible:
    async def requete(_port: int) -> Requete:
        return Requete("/", {"content-type": "application/json"}, b"{}")

    return Cible(
        commande=lambda port, dossier: (
            sys.executable,
            str(_MINIMAL),
            str(port),
            str(dossier / "journal.db"),
            *options,
        ),
        journal=lambda dossier: dossier / "journal.db",
        environnement=lambda _dossier: os.environ,
        requete=requete,
    )


_QUESTION = """query ($identite: IdentiteInput!) { particulier(identite: $identite) {
  situationFiscale { revenuFiscalReference nombreParts }
  dossierAllocataire { quotientFamilial { valeur } }
  statutEtudiant { admissions { estInscrit } identite { nomNaissance } }
} }"""


async def _question(port: int) -> Requete:
    """Ask three administrations about a person whom they all know, with a token that opens everything."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/bac-a-sable") as client:
        jetons = (await client.get("/jetons")).raise_for_status().json()
        personnes = (await client.get("/personnes")).raise_for_status().json()
    jeton = next(jeton["jeton"] for jeton in jetons if jeton["profil"] == "tout")
    connue = max(personnes, key=lambda personne: len(personne["sources"]))
    entetes = {"authorization": f"Bearer {jeton}", "content-type": "application/json", "accept": "application/json"}
    corps = {"query": _QUESTION, "variables": {"identite": connue["identite"]}}
    return Requete("/graphql", entetes, orjson.dumps(corps))


PASSERELLE = Cible(
    commande=lambda port, _dossier: (sys.executable, "-m", "gateway.cli", "serve", "--port", str(port)),
    journal=lambda dossier: dossier / "journal.db",
    environnement=lambda dossier: {
        **os.environ,
        "PARTICULIER_JOURNAL": str(dossier / "journal.db"),
        "PARTICULIER_DATABASE_URL": f"sqlite:///{dossier / 'particulier.db'}",
        "PARTICULIER_CLES_PSEUDONYMES": str(dossier / "pseudonymes"),
        "PARTICULIER_CLE_SCELLES": str(dossier / "scelles.cle"),
        "PARTICULIER_CLE_ATTESTATION": str(dossier / "attestation.pem"),
    },
    requete=_question,
)


@contextmanager
def _postgresql(dossier: Path) -> Iterator[None]:
    """Run a database for the campaign, and leave its address in the folder."""
    (dossier / "postgresql").mkdir()
    with serveur_postgresql(dossier / "postgresql") as serveur:
        _note(dossier).write_text(serveur.url("postgres"))
        (dossier / "voisin").mkdir()
        # Servers that share a journal share their keys.
        (dossier / "pseudonymes").mkdir(mode=0o700)
        (dossier / "voisin" / "pseudonymes").symlink_to(dossier / "pseudonymes")
        _note(dossier / "voisin").write_text(serveur.url("postgres"))
        yield


def _note(dossier: Path) -> Path:
    return dossier / "adresse"


def _copie(dossier: Path) -> Path:
    vers = dossier / "copie.db"
    asyncio.run(copier(_note(dossier).read_text(), dossier / "scelles", vers, lambda _: None))
    return vers


_MINIMAL_POSTGRESQL = replace(
    _minimal(),
    commande=lambda port, dossier: (sys.executable, str(_MINIMAL), str(port), _note(dossier).read_text()),
    journal=_copie,
    base=_postgresql,
    voisin=True,
)
_PASSERELLE_POSTGRESQL = replace(
    PASSERELLE,
    journal=_copie,
    environnement=lambda dossier: {
        **PASSERELLE.environnement(dossier),
        "PARTICULIER_JOURNAL": _note(dossier).read_text(),
        "PARTICULIER_SCELLES": str(dossier / "scelles"),
    },
    base=_postgresql,
    voisin=True,
)
CIBLES = {
    "passerelle": PASSERELLE,
    "ecrivain": replace(PASSERELLE, victimes=ecrivains),
    "minimal": _minimal(),
    "menteur": _minimal("menteur"),
    "passerelle-postgresql": _PASSERELLE_POSTGRESQL,
    "minimal-postgresql": _MINIMAL_POSTGRESQL,
}
