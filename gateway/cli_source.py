"""The command `particulier source NOM BLOC`: scaffold a source, for those who develop the project."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.gabarit import SourceRefusee, preparer


def source(
    nom: Annotated[str, typer.Argument(metavar="NOM", help="Dossier de la source, par exemple cnous_bourse.")],
    bloc: Annotated[str, typer.Argument(metavar="BLOC", help="Type qu'elle remplit, par exemple BourseEtudiante.")],
) -> None:
    """Write the files of a new source, and print the lines to add by hand; a refusal is one line, and exit status 1."""
    try:
        fichiers, suite = preparer(Path.cwd(), nom, bloc)
    except SourceRefusee as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(1) from None
    typer.echo("Fichiers créés :\n")
    for fichier in fichiers:
        typer.echo(f"    {fichier}")
    typer.echo(f"\n{suite}", nl=False)
