"""What is measured, side by side: for each transport, the bare forwarder and the gateway with everything on."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.charge import demander, requete
from bench.enregistrement import Echange, enregistrer, question
from bench.processus import Coeurs, Serveur, servir
from bench.relais import donnees, joindre
from gateway.settings import Transporteur

RELAIS, PASSERELLE = "relais nu", "passerelle"


@dataclass(frozen=True, slots=True)
class Cible:
    """A server under test, what is sent to it, and what it must answer (None: checked once, then always the same)."""

    nom: str
    transport: Transporteur
    serveur: Serveur
    message: bytes
    attendu: bytes | None


@contextmanager
def cibles(dossier: Path, coeurs: Coeurs) -> Iterator[list[Cible]]:
    """Start the administrations and every target; end them all with the block."""
    with ExitStack() as pile:
        adresse = pile.enter_context(amont(dossier, coeurs))
        toutes = []
        for transport in Transporteur:
            toutes.append(pile.enter_context(_relais(dossier, coeurs, transport, adresse)))
            toutes.append(pile.enter_context(passerelle(dossier, coeurs, transport, adresse)))
        yield toutes


@contextmanager
def amont(dossier: Path, coeurs: Coeurs) -> Iterator[str]:
    """Start the administrations; give their address."""
    with servir(_python("bench.amont"), dossier / "amont.txt", (coeurs.reste, coeurs.reste), {}) as serveur:
        yield f"http://127.0.0.1:{serveur.port}"


@contextmanager
def _relais(dossier: Path, coeurs: Coeurs, transport: Transporteur, amont: str) -> Iterator[Cible]:
    commande = [*_python("bench.relais"), amont, transport.value]
    with servir(commande, dossier / f"relais-{transport}.txt", (coeurs.serveur, coeurs.reste), {}) as serveur:
        attendu = joindre([un.reponse.body for un in donnees()])
        yield Cible(RELAIS, transport, serveur, requete(serveur.port, "", _corps()), attendu)


@contextmanager
def passerelle(  # noqa: PLR0913, PLR0917 - where, and what
    dossier: Path,
    coeurs: Coeurs,
    transport: Transporteur,
    amont: str,
    nom: str = PASSERELLE,
    commande: Sequence[str] = (str(Path(sys.executable).with_name("particulier")),),
) -> Iterator[Cible]:
    """Start the gateway as its users do, or as `commande` does, each source at the bench's administrations."""
    prive = dossier / f"{nom}-{transport}"
    prive.mkdir()
    reglages = {
        "MODE": "bac_a_sable",
        "DATABASE_URL": f"sqlite:///{prive}/particulier.db",
        "JOURNAL": f"{prive}/journal.db",
        "CLES_PSEUDONYMES": f"{prive}/pseudonymes",
        "CLE_SCELLES": f"{prive}/scelles.cle",
        "CLE_ATTESTATION": f"{prive}/attestation.pem",
        "TRANSPORT": transport.value,
    } | {f"SOURCES__{nom.upper()}__URL": f"{amont}/{nom}" for nom in _sources(enregistrer())}
    env = {f"PARTICULIER_{nom}": valeur for nom, valeur in reglages.items()}
    lancee = [*commande, "serve", "--port", "{port}"]
    with servir(lancee, prive / "sortie.txt", (coeurs.serveur, coeurs.reste), env) as serveur:
        yield Cible(nom, transport, serveur, requete(serveur.port, _jeton(serveur.port), _corps()), None)


async def attendre(cible: Cible) -> bytes:
    """Return what a target must always answer. Raise SystemExit when its first answer is already wrong."""
    corps = await demander(cible.serveur.port, cible.message)
    if corps == cible.attendu or (cible.attendu is None and _complete(corps)):
        return corps
    raise SystemExit(f"{cible.nom} ({cible.transport}) répond mal : {corps[:500]!r}")


def _complete(corps: bytes) -> bool:
    """Tell whether an answer of the gateway is a whole one: no error, and nothing null."""
    return bool(corps) and "errors" not in json.loads(corps) and b"null" not in corps


def _sources(echanges: list[list[Echange]]) -> list[str]:
    return [premier.source for premier, *_ in echanges]


def _corps() -> bytes:
    return json.dumps(question()).encode()


def _jeton(port: int) -> str:
    """Return the token that opens everything."""
    profils: list[dict[str, Any]] = httpx.get(f"http://127.0.0.1:{port}/bac-a-sable/jetons", trust_env=False).json()
    return str(profils[0]["jeton"])


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module, "{port}"]
