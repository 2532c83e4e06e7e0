"""The commands `particulier journal …`: verify the journal, and take from it what a token asked."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from audit.cle import DES_SCELLES, CleInvalide, lire
from audit.export import exporter as exporter_traces
from audit.scelles import chemin_par_defaut
from audit.scelles import cle_publique as publique
from audit.verification import Illisible, lire_cles, rendre_compte
from gateway.cli_operations import GroupeFrancais
from gateway.settings import Settings
from graph.circonstances import PARIS

#: Exit status when nothing could be read, hence nothing said.
_ILLISIBLE = 2

journal = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Vérifie et consulte le journal des accès.")

Fichier = Annotated[
    Path | None, typer.Option("--journal", metavar="FICHIER", help="Un autre journal que celui des réglages.")
]


@journal.command("verifier", help="Dit si le journal est tel qu'il a été écrit.")
def verifier(
    fichier: Fichier = None,
    scelles: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Les scellés : au mieux, une copie gardée ailleurs.")
    ] = None,
    cles: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Les clés publiques, une par ligne ; à défaut, celle de la clé en place."),
    ] = None,
) -> None:
    """Verify: exit status 0 when nothing was touched, 1 with the first anomaly, 2 when a file cannot be read."""
    settings = Settings()
    try:
        publiques = lire_cles(cles) if cles else (_publique(settings),)
    except (Illisible, CleInvalide) as refus:
        _refuser(str(refus))
    a_cote = chemin_par_defaut(fichier) if fichier else settings.scelles_en_vigueur
    etat, lignes = rendre_compte(fichier or settings.journal, scelles or a_cote, publiques)
    for ligne in lignes:
        typer.echo(ligne, err=etat == _ILLISIBLE)
    raise typer.Exit(etat)


@journal.command("exporter", help="Affiche ce qu'un jeton a demandé, et ce qu'il en fut : une trace JSON par ligne.")
def exporter(
    jeton: Annotated[str, typer.Option(metavar="IDENTIFIANT", help="L'identifiant du jeton.")],
    entre: Annotated[datetime, typer.Option(help="Début, compris ; heure de Paris.")],
    et: Annotated[datetime, typer.Option(help="Fin, non comprise ; heure de Paris.")],
    fichier: Fichier = None,
) -> None:
    """Print the traces, pseudonyms only; exit status 2 when the journal cannot be read."""
    periode = (entre.replace(tzinfo=PARIS), et.replace(tzinfo=PARIS))
    chemin = fichier or Settings().journal
    try:
        for ligne in exporter_traces(chemin, jeton, periode):
            typer.echo(ligne)
    except (sqlite3.Error, OSError):
        _refuser(f"Le journal ne peut pas être lu, ou son index écrit à côté de lui : {chemin}.")


@journal.command("cle-publique", help="Affiche la clé publique des scellés : qui la détient peut vérifier le journal.")
def cle_publique() -> None:
    """Print 64 hexadecimal digits; exit status 2 when the key is missing."""
    try:
        typer.echo(_publique(Settings()).hex())
    except CleInvalide as refus:
        _refuser(str(refus))


def _publique(settings: Settings) -> bytes:
    """Return the public key of the seals. Raise CleInvalide."""
    return publique(lire(settings.cle_scelles, DES_SCELLES))


def _refuser(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_ILLISIBLE)
