"""The commands `particulier journal …`: verify it and copy it here; export it, prove it and keep its keys beside."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from audit.cle import CleInvalide
from audit.postgresql.copie import LOT, CopieImpossible
from audit.postgresql.copie import copier as copier_journal
from audit.scelles import chemin_par_defaut
from audit.verification import rendre_compte
from gateway.cli_cles import cles, oublier
from gateway.cli_export import exporter
from gateway.cli_journal_lu import (
    ILLISIBLE,
    Cles,
    Fichier,
    cle_en_place,
    cles_des_scelles,
    fichier_du_journal,
    refuser,
)
from gateway.cli_operations import GroupeFrancais
from gateway.cli_preuve import prouver, verifier_preuve
from gateway.sceau import lieu_des_scelles
from gateway.settings import ReglageManquant, Settings

#: Records between two lines of progress.
_PAS = 100_000

journal = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Vérifie et consulte le journal des accès.")
for nom, commande, aide in (
    ("cles", cles, "Liste les clés des pseudonymes, une par mois ; --preparer crée celles qui manquent."),
    ("oublier", oublier, "Détruit les clés des mois d'il y a plus de 36 mois : leurs personnes sont oubliées."),
    ("exporter", exporter, "Affiche ce qu'un jeton a demandé, ou qui a consulté une personne : du JSON par ligne."),
    ("prouver", prouver, "Affiche de quoi prouver, sans le journal, qu'un scellé en prolonge un plus ancien."),
    ("verifier-preuve", verifier_preuve, "Dit si une preuve montre qu'un scellé en prolonge un plus ancien."),
):
    journal.command(nom, help=aide)(commande)


@journal.command("verifier", help="Dit si le journal est tel qu'il a été écrit.")
def verifier(
    fichier: Fichier = None,
    scelles: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER",
            help="Les scellés : au mieux, une copie gardée ailleurs ; un dossier, pour la copie d'un journal partagé.",
        ),
    ] = None,
    cles: Cles = None,
) -> None:
    """Verify: exit status 0 when nothing was touched, 1 with the first anomaly, 2 when nothing can be said."""
    publiques = cles_des_scelles(cles)
    a_cote = scelles or (chemin_par_defaut(fichier) if fichier else _scelles_en_place())
    etat, lignes = rendre_compte(fichier_du_journal(fichier), a_cote, publiques)
    for ligne in lignes:
        typer.echo(ligne, err=etat == ILLISIBLE)
    raise typer.Exit(etat)


@journal.command(
    "copier", help="Copie un journal tenu par PostgreSQL, ou poursuit une copie : elle se vérifie hors ligne."
)
def copier(
    vers: Annotated[Path, typer.Option(metavar="FICHIER", help="La copie ; ses scellés seront à côté.")],
    scelles: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Les scellés de tous les serveurs, rassemblés.")
    ] = None,
) -> None:
    """Copy; exit status 2 when it cannot be done."""
    settings = Settings()
    if not isinstance(settings.journal, SecretStr):
        refuser("Ce journal est un fichier : c'est lui qui se vérifie (« particulier journal verifier »).")
    adresse, dossier = settings.journal.get_secret_value(), scelles or settings.scelles_en_vigueur
    try:
        bilan = asyncio.run(copier_journal(adresse, dossier, vers, _avancer))
    except CopieImpossible as refus:
        refuser(str(refus))
    typer.echo(f"{bilan.enregistrements} enregistrements ajoutés à la copie, {bilan.parties} parties en tout.")
    if bilan.a_venir:
        typer.echo(f"{bilan.a_venir} parties sans scellé dans ce dossier sont laissées à la prochaine copie.")


@journal.command("cle-publique", help="Affiche la clé publique des scellés : qui la détient peut vérifier le journal.")
def cle_publique() -> None:
    """Print 64 hexadecimal digits; exit status 2 when the key is missing."""
    try:
        typer.echo(cle_en_place().hex())
    except CleInvalide as refus:
        refuser(str(refus))


def _scelles_en_place() -> Path:
    try:
        return lieu_des_scelles(Settings())
    except ReglageManquant as refus:
        refuser(str(refus))


def _avancer(copies: int) -> None:
    """Show progress every hundred thousand records or so."""
    if copies >= _PAS and copies % _PAS < LOT:
        typer.echo(f"{copies} enregistrements copiés…", err=True)
