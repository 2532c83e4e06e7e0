"""The command `particulier attestation verifier`: tell, offline, whether a saved answer is what was signed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from gateway._jws_attestation import JWKS_MAX, AttestationRefusee
from gateway.attestation import FICHIER_MAX, BlocAtteste, Preuve
from gateway.attestation import verifier as verifier_octets
from gateway.cli_operations import GroupeFrancais
from graph.circonstances import PARIS

attestation = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Vérifie les réponses attestées.")


@attestation.callback()
def _groupe() -> None:
    """Keep `verifier` a command of its own: Typer merges the only one into its group."""


@attestation.command("verifier", help="Dit si une réponse enregistrée est celle qui a été signée.")
def verifier(
    fichier: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="La réponse entière en JSON, ou l'attestation seule.")
    ],
    jwks: Annotated[
        Path, typer.Option(metavar="FICHIER", help="Les clés publiques, prises à /.well-known/jwks.json.")
    ] = Path("jwks.json"),
) -> None:
    """Verify: exit status 0 when the attestation proves the answer, else one line on stderr and 1."""
    try:
        preuve = verifier_octets(_read(fichier, FICHIER_MAX), _read(jwks, JWKS_MAX))
    except AttestationRefusee as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(1) from None
    for ligne in _lines(preuve):
        typer.echo(_printable(ligne))


def _lines(preuve: Preuve) -> Iterator[str]:
    constat = preuve.constat
    suite = "la réponse est celle qui a été signée" if preuve.reponse else "aucune réponse ne l'accompagne"
    yield f"Attestation valable : la signature tient, et {suite}."
    yield f"Émise le {constat.instant.astimezone(PARIS):%d/%m/%Y à %H:%M:%S} (Paris) par {constat.emetteur},"
    yield f"pour le SIRET {constat.destinataire}, en réponse à la requête {constat.requete}."
    yield from (_bloc(bloc) for bloc in constat.blocs)


def _bloc(bloc: BlocAtteste) -> str:
    fraicheur = f", le {bloc.repondu_le.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}" if bloc.repondu_le else ""
    return f"  {bloc.chemin} : {bloc.etat.name} ({bloc.source}{fraicheur})"


def _printable(ligne: str) -> str:
    """Withhold what would command a terminal: whoever wrote the file may have written the keys as well."""
    return "".join(lettre if lettre.isprintable() else "?" for lettre in ligne)


def _read(chemin: Path, taille_max: int) -> bytes:
    """Read a file, one byte over its bound at most: what is longer is refused as such. Raise AttestationRefusee."""
    try:
        with chemin.open("rb") as fichier:
            return fichier.read(taille_max + 1)
    except OSError as erreur:
        raise AttestationRefusee(f"Fichier illisible : {chemin} ({erreur.strerror}).") from None
