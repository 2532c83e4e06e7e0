"""The command `particulier habilitation rapport`: what was granted and does not serve."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli_journal_lu import Fichier, fichier_du_journal
from gateway.cli_operations import executer, ligne, lisible, maintenant
from habilitations.rapport import Inutilises, Usage, inutilises
from habilitations.regles import OperationRefusee

#: Returns what served since an instant, read in a file. Raises sqlite3.Error or OSError.
Usages = Callable[[Path, datetime], Iterable[Usage]]
#: Traces between two lines of progress.
_PAS = 500_000


def ajouter_rapport(groupe: typer.Typer, usages: Usages) -> None:
    """Add the command to a group; `usages` reads the journal."""

    @groupe.command("rapport", help="Nomme les scopes accordés qui n'ont pas servi : ce que la minimisation rend.")
    def rapport(
        jours: Annotated[int, typer.Option(min=1, max=3650, help="Durée de la période, en jours.")] = 90,
        fichier: Fichier = None,
    ) -> None:
        """Print one line per grant that is old enough to tell."""
        chemin, instant = fichier_du_journal(fichier), maintenant()
        habilitations = executer(lambda store: store.lister())
        try:
            restes = inutilises(habilitations, _suivis(usages(chemin, instant - timedelta(days=jours))), jours, instant)
        except (sqlite3.Error, OSError):
            raise OperationRefusee(
                f"Le journal ne peut pas être lu : {chemin}. Nommez-en un autre avec --journal."
            ) from None
        afficher_rapport(restes)


def afficher_rapport(restes: Iterable[Inutilises]) -> None:
    """Print the grants, one per line, columns separated by tabulations."""
    ligne("identifiant", "dernier usage", "scopes inutilisés", "intitulé")
    for reste in restes:
        habilitation = reste.habilitation
        ligne(habilitation.id, lisible(reste.dernier_usage), " ".join(reste.scopes), habilitation.intitule)


def _suivis(usages: Iterable[Usage]) -> Iterator[Usage]:
    """Yield usages, and tell now and then how many were read."""
    for rang, usage in enumerate(usages, start=1):
        if rang % _PAS == 0:
            typer.echo(f"{rang} accès lus, jusqu'au {lisible(usage.instant)}.", err=True)
        yield usage
