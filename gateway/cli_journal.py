"""The commands `particulier journal …`: verify it, take from it what a token or a person calls for, keep its keys."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr

from audit.cle import DES_SCELLES, CleInvalide, lire
from audit.export import exporter as exporter_traces
from audit.export import exporter_personne
from audit.mois import Mois
from audit.postgresql.copie import LOT, CopieImpossible
from audit.postgresql.copie import copier as copier_journal
from audit.preuve import prouver as prouver_scelle
from audit.scelles import chemin_par_defaut
from audit.scelles import cle_publique as publique
from audit.trousseau import Trousseau
from audit.verification import Illisible, conclure, lire_cles, lire_scelle, rendre_compte
from gateway.cli_cles import cles, oublier
from gateway.cli_operations import GroupeFrancais, maintenant
from gateway.personne_saisie import PersonneIllisible, lire_personne
from gateway.settings import Settings
from graph.circonstances import PARIS

#: Exit status when nothing could be read, hence nothing said.
_ILLISIBLE = 2
#: Records between two lines of progress.
_PAS = 100_000

journal = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Vérifie et consulte le journal des accès.")
journal.command("cles", help="Liste les clés des pseudonymes, une par mois ; --preparer crée celles qui manquent.")(
    cles
)
journal.command("oublier", help="Détruit les clés des mois d'il y a plus de 36 mois : leurs personnes sont oubliées.")(
    oublier
)

Fichier = Annotated[
    Path | None, typer.Option("--journal", metavar="FICHIER", help="Un autre journal que celui des réglages.")
]

Cles = Annotated[
    Path | None,
    typer.Option(metavar="FICHIER", help="Les clés publiques, une par ligne ; à défaut, celle de la clé en place."),
]
Ancien = Annotated[Path, typer.Option(metavar="FICHIER", help="Un scellé gardé : une ligne du fichier des scellés.")]
Nouveau = Annotated[Path, typer.Option(metavar="FICHIER", help="Un scellé fait depuis, de la même partie.")]


@journal.command("verifier", help="Dit si le journal est tel qu'il a été écrit.")
def verifier(
    fichier: Fichier = None,
    scelles: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Les scellés : au mieux, une copie gardée ailleurs.")
    ] = None,
    cles: Cles = None,
) -> None:
    """Verify: exit status 0 when nothing was touched, 1 with the first anomaly, 2 when a file cannot be read."""
    settings = Settings()
    publiques = _publiques(cles, settings)
    a_cote = chemin_par_defaut(fichier) if fichier else settings.scelles_en_vigueur
    etat, lignes = rendre_compte(fichier or _fichier(settings), scelles or a_cote, publiques)
    for ligne in lignes:
        typer.echo(ligne, err=etat == _ILLISIBLE)
    raise typer.Exit(etat)


@journal.command("prouver", help="Affiche de quoi prouver, sans le journal, qu'un scellé en prolonge un plus ancien.")
def prouver(ancien: Ancien, nouveau: Nouveau, fichier: Fichier = None, cles: Cles = None) -> None:
    """Print a proof, in JSON; exit status 1 when the journal gives none, 2 when a file cannot be read."""
    settings = Settings()
    publiques = _publiques(cles, settings)
    try:
        scelles = (lire_scelle(ancien, publiques), lire_scelle(nouveau, publiques))
        preuve = prouver_scelle(fichier or _fichier(settings), *scelles)
    except Illisible as refus:
        _refuser(str(refus))
    if preuve is None:
        typer.echo("ANOMALIE — le journal ne prouve pas que le nouveau scellé prolonge l'ancien.", err=True)
        raise typer.Exit(1)
    typer.echo(preuve)


@journal.command("verifier-preuve", help="Dit si une preuve montre qu'un scellé en prolonge un plus ancien.")
def verifier_preuve(
    preuve: Annotated[Path, typer.Argument(metavar="PREUVE", help="Ce qu'affiche `journal prouver`.")],
    ancien: Ancien,
    nouveau: Nouveau,
    cles: Cles = None,
) -> None:
    """Judge a proof: exit status 0 when it holds, 1 when it does not, 2 when a file cannot be read."""
    etat, phrase = conclure(preuve, ancien, nouveau, _publiques(cles, Settings()))
    typer.echo(phrase, err=etat == _ILLISIBLE)
    raise typer.Exit(etat)


@journal.command(
    "exporter", help="Affiche ce qu'un jeton a demandé, ou qui a consulté une personne : du JSON par ligne."
)
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
    chemin = fichier or _fichier(Settings())
    traces = _traces(chemin, jeton, personne, (entre, et))
    try:
        for ligne in traces:
            typer.echo(ligne)
    except (sqlite3.Error, OSError):
        _refuser(f"Le journal ne peut pas être lu, ou son index écrit à côté de lui : {chemin}.")


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
        _refuser("Ce journal est un fichier : c'est lui qui se vérifie.")
    adresse, dossier = settings.journal.get_secret_value(), scelles or settings.scelles_en_vigueur
    try:
        bilan = asyncio.run(copier_journal(adresse, dossier, vers, _avancer))
    except CopieImpossible as refus:
        _refuser(str(refus))
    typer.echo(f"{bilan.enregistrements} enregistrements ajoutés à la copie, {bilan.parties} parties en tout.")
    if bilan.a_venir:
        typer.echo(f"{bilan.a_venir} parties sans scellé dans ce dossier sont laissées à la prochaine copie.")


@journal.command("cle-publique", help="Affiche la clé publique des scellés : qui la détient peut vérifier le journal.")
def cle_publique() -> None:
    """Print 64 hexadecimal digits; exit status 2 when the key is missing."""
    try:
        typer.echo(_publique(Settings()).hex())
    except CleInvalide as refus:
        _refuser(str(refus))


def _traces(
    chemin: Path, jeton: str | None, personne: Path | None, periode: tuple[datetime | None, datetime | None]
) -> Iterator[str]:
    """Return what is asked for: what a token did in a period, or who consulted a person."""
    if (jeton is None) == (personne is None):
        _refuser("Donnez --jeton ou --personne, l'un des deux.")
    debut, fin = (instant and instant.replace(tzinfo=PARIS) for instant in periode)
    if personne is not None:
        if debut or fin:
            _refuser("--entre et --et ne vont qu'avec --jeton.")
        return _sur(chemin, personne)
    if jeton is None or debut is None or fin is None:
        _refuser("Avec --jeton, donnez --entre et --et.")
    return exporter_traces(chemin, jeton, (debut, fin))


def _sur(chemin: Path, personne: Path) -> Iterator[str]:
    """Return the accesses to a person, and tell of the months in which nobody can be found."""
    instant, trousseau = maintenant(), Trousseau(Settings().cles_pseudonymes)
    try:
        cles = trousseau.toutes()
        identite = lire_personne(personne, instant.astimezone(PARIS).date())
    except (CleInvalide, PersonneIllisible) as refus:
        _refuser(str(refus))
    perdus = [mois for mois in trousseau.perdues(instant) if mois <= Mois.de(instant)]
    if perdus:
        typer.echo(f"Sans clé, personne n'est retrouvé dans les accès de : {', '.join(map(str, perdus))}.", err=True)
    return exporter_personne(chemin, cles.values(), identite)


def _publiques(cles: Path | None, settings: Settings) -> tuple[bytes, ...]:
    """Return the keys of a file, or else that in place; exit when they cannot be read."""
    try:
        return lire_cles(cles) if cles else (_publique(settings),)
    except (Illisible, CleInvalide) as refus:
        _refuser(str(refus))


def _avancer(copies: int) -> None:
    """Show progress every hundred thousand records or so."""
    if copies % _PAS < LOT:
        typer.echo(f"{copies} enregistrements copiés…", err=True)


def _fichier(settings: Settings) -> Path:
    """Return the file of the journal."""
    if isinstance(settings.journal, SecretStr):
        _refuser(
            "Ce journal est tenu par PostgreSQL : prenez-en une copie (« particulier journal copier --vers FICHIER »), "
            "et nommez-la avec --journal."
        )
    return settings.journal


def _publique(settings: Settings) -> bytes:
    """Return the public key of the seals. Raise CleInvalide."""
    return publique(lire(settings.cle_scelles, DES_SCELLES))


def _refuser(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_ILLISIBLE)
