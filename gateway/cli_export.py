"""The command `particulier journal exporter`: what a token obtained, or who consulted a person."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from audit.cle import CleInvalide
from audit.export import exporter as exporter_traces
from audit.export import exporter_personne
from audit.mois import Mois
from audit.trousseau import Trousseau
from gateway.cli_journal_lu import Fichier, fichier_du_journal, refuser
from gateway.cli_operations import maintenant
from gateway.personne_saisie import PersonneIllisible, lire_personne
from gateway.settings import Settings
from graph.circonstances import PARIS


def exporter(
    jeton: Annotated[str | None, typer.Option(metavar="IDENTIFIANT", help="L'identifiant du jeton.")] = None,
    personne: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Un IdentiteInput en JSON ; « - » pour l'entrée standard."),
    ] = None,
    entre: Annotated[datetime | None, typer.Option(help="Début, compris ; heure de Paris. Avec --jeton.")] = None,
    et: Annotated[datetime | None, typer.Option(help="Fin, non comprise ; heure de Paris. Avec --jeton.")] = None,
    fichier: Fichier = None,
) -> None:
    """Print the traces, pseudonyms only; exit status 2 when the journal, or a key, cannot be read."""
    chemin = fichier_du_journal(fichier)
    traces = _traces(chemin, jeton, personne, (entre, et))
    try:
        for ligne in traces:
            typer.echo(ligne)
    except (sqlite3.Error, OSError):
        refuser(
            f"Le journal ne peut pas être lu, ou son index écrit à côté de lui : {chemin}. Nommez-en un autre avec "
            "--journal, ou rendez son dossier accessible en écriture."
        )


def _traces(
    chemin: Path, jeton: str | None, personne: Path | None, periode: tuple[datetime | None, datetime | None]
) -> Iterator[str]:
    """Return what is asked for: what a token did in a period, or who consulted a person."""
    if (jeton is None) == (personne is None):
        refuser("Donnez --jeton ou --personne, l'un des deux.")
    debut, fin = (instant and instant.replace(tzinfo=PARIS) for instant in periode)
    if personne is not None:
        if debut or fin:
            refuser("--entre et --et ne vont qu'avec --jeton.")
        return _sur(chemin, personne)
    if jeton is None or debut is None or fin is None:
        refuser("Avec --jeton, donnez --entre et --et.")
    return exporter_traces(chemin, jeton, (debut, fin))


def _sur(chemin: Path, personne: Path) -> Iterator[str]:
    """Return the accesses to a person, and tell of the months in which nobody can be found."""
    instant, trousseau = maintenant(), Trousseau(Settings().cles_pseudonymes)
    try:
        cles = trousseau.toutes()
        identite = lire_personne(personne, instant.astimezone(PARIS).date())
    except (CleInvalide, PersonneIllisible) as refus:
        refuser(str(refus))
    perdus = [mois for mois in trousseau.perdues(instant) if mois <= Mois.de(instant)]
    if perdus:
        typer.echo(f"Sans clé, personne n'est retrouvé dans les accès de : {', '.join(map(str, perdus))}.", err=True)
    return exporter_personne(chemin, cles.values(), identite)
