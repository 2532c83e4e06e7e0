"""The command `particulier`: serve, migrate, print what is generated, administer habilitations."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsError

from gateway import doc_erreurs, doc_rest_v3
from gateway.app import create_app
from gateway.cli_attestation import attestation
from gateway.cli_delegations import delegation, editeur
from gateway.cli_echeances import ajouter_echeances
from gateway.cli_habilitations import habilitation, jeton
from gateway.cli_journal import journal
from gateway.cli_operations import EX_CONFIG
from gateway.cli_rapport import ajouter_rapport
from gateway.cli_source import source as scaffold
from gateway.demarrage import create_tables, rehearse, sole_server, upgrade
from gateway.journal import build_served_journal
from gateway.logs import configure_logs
from gateway.reglages_de_source import required
from gateway.serveur import serve
from gateway.settings import ReglageManquant, Settings, reglage_invalide
from gateway.usages import usages_du_journal
from graph.schema import sdl
from providers._catalogue import auxiliaires
from providers._catalogue import sources as discover
from providers._source import ClientCredentials

app = typer.Typer(no_args_is_help=True, add_completion=False, help="API Particulier.", pretty_exceptions_enable=False)
ajouter_echeances(jeton)
ajouter_rapport(habilitation, usages_du_journal)
app.add_typer(habilitation, name="habilitation")
app.add_typer(attestation, name="attestation")
app.add_typer(journal, name="journal")
app.add_typer(jeton, name="jeton")
app.add_typer(editeur, name="editeur")
app.add_typer(delegation, name="delegation")
app.command("source", help="Prépare une nouvelle source.")(scaffold)


@app.command("serve", help="Sert l'API.")
def serve_command(
    port: Annotated[int, typer.Option(help="Port d'écoute.")] = 8000,
    hote: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
) -> None:
    """Serve until stopped; a refused configuration is one line on stderr and exit status 78."""
    configure_logs()
    _or_refuse(lambda: _serve(hote, port))


@app.command("migrer", help="Met les bases à niveau : habilitations, et journal tenu par PostgreSQL.")
def migrer_command() -> None:
    """Upgrade the database of habilitations, and create the tables of a journal on PostgreSQL."""
    _or_refuse(_migrer)


@app.command("schema", help="Affiche le schéma GraphQL.")
def schema_command() -> None:
    """Print the SDL."""
    sys.stdout.write(sdl())


@app.command("erreurs", help="Affiche la documentation des erreurs.")
def erreurs_command() -> None:
    """Print docs/erreurs.md."""
    sys.stdout.write(doc_erreurs.render())


@app.command("rest-v3", help="Affiche la correspondance avec REST v3.")
def rest_v3_command() -> None:
    """Print docs/depuis-rest-v3.md."""
    sys.stdout.write(doc_rest_v3.render())


@app.command("sources", help="Liste les sources et leurs réglages.")
def sources_command() -> None:
    """Print one line per source, and the settings that production needs."""
    for source in (*discover(), *auxiliaires()):
        role = " (auxiliaire : sert aux autres sources)" if source.auxiliaire else ""
        typer.echo(f"{source.nom}\t{source.libelle} - {source.fournisseur}{role}")
        for reglage in ("url", *required(source)):
            typer.echo(f"  PARTICULIER_SOURCES__{source.nom}__{reglage}".upper())
        if isinstance(source.auth, ClientCredentials):
            typer.echo(f"  PARTICULIER_SOURCES__{source.nom}__URL_JETON".upper() + " (facultatif)")


def _migrer() -> None:
    settings = Settings()
    asyncio.run(upgrade(settings.database_url))
    if isinstance(settings.journal, SecretStr):
        asyncio.run(create_tables(settings.journal))


def _serve(hote: str, port: int) -> None:
    settings = Settings()
    with sole_server(settings.journal) if isinstance(settings.journal, Path) else nullcontext():
        rehearse(create_app(settings, batir_le_journal=build_served_journal))
        serve(create_app(settings, batir_le_journal=build_served_journal), hote, port, settings.proxys)


def _or_refuse(work: Callable[[], None]) -> None:
    try:
        work()
    except (ValidationError, SettingsError) as refus:
        _refuse(reglage_invalide(refus))
    except (ReglageManquant, ValueError) as refus:
        _refuse(str(refus))


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(EX_CONFIG)


if __name__ == "__main__":
    app()
