"""The commands on proofs: that a seal extends an older one, shown without the journal."""

from pathlib import Path
from typing import Annotated

import typer

from audit.preuve import prouver as prouver_scelle
from audit.verification import Illisible, conclure, exiger_comparables, lire_scelle
from gateway.cli_journal_lu import ILLISIBLE, Cles, Fichier, cles_des_scelles, fichier_du_journal, refuser

Ancien = Annotated[Path, typer.Option(metavar="FICHIER", help="Un scellé gardé : une ligne du fichier des scellés.")]
Nouveau = Annotated[Path, typer.Option(metavar="FICHIER", help="Un scellé fait depuis, de la même partie.")]


def prouver(ancien: Ancien, nouveau: Nouveau, fichier: Fichier = None, cles: Cles = None) -> None:
    """Print a proof, in JSON; exit status 1 when the journal gives none, 2 when nothing can be said."""
    publiques = cles_des_scelles(cles)
    try:
        avant, apres = lire_scelle(ancien, publiques), lire_scelle(nouveau, publiques)
        exiger_comparables(avant, apres)
        preuve = prouver_scelle(fichier_du_journal(fichier), avant, apres)
    except Illisible as refus:
        refuser(str(refus))
    if preuve is None:
        typer.echo("ANOMALIE — le journal ne prouve pas que le nouveau scellé prolonge l'ancien.", err=True)
        raise typer.Exit(1)
    typer.echo(preuve)


def verifier_preuve(
    preuve: Annotated[Path, typer.Argument(metavar="PREUVE", help="Ce qu'affiche `journal prouver`.")],
    ancien: Ancien,
    nouveau: Nouveau,
    cles: Cles = None,
) -> None:
    """Judge a proof: exit status 0 when it holds, 1 when it does not, 2 when nothing can be said."""
    etat, phrase = conclure(preuve, ancien, nouveau, cles_des_scelles(cles))
    typer.echo(phrase, err=etat == ILLISIBLE)
    raise typer.Exit(etat)
