"""What the commands on grants share: French refusals, an operation on the database, and how an instant is written."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from typer.core import TyperGroup

from gateway.settings import Settings, reglage_invalide
from graph.catalogue import scopes
from graph.circonstances import PARIS
from graph.errors import Surcharge
from graph.schema import build_schema
from habilitations.base import COMMANDE
from habilitations.regles import OperationRefusee
from habilitations.store import Store

T = TypeVar("T")
#: Exit status of a refused configuration (sysexits.h).
EX_CONFIG = 78
_BASE = (
    "La base de données ne répond pas, ou n'est pas à jour : vérifiez PARTICULIER_DATABASE_URL, "
    "puis lancez « particulier migrer »."
)


class GroupeFrancais(TyperGroup):
    """A group of commands whose refusals are one French line on stderr: exit 2 for usage, 78 for settings, 1 else."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and translate what it refuses."""
        try:
            return super().invoke(ctx)
        except typer.TyperException as erreur:
            _refuser(_usage(erreur), erreur.exit_code)
        except OperationRefusee as refus:
            _refuser(refus.message, 1)
        except Surcharge:
            _refuser(_BASE, 1)
        except (ValidationError, SettingsError) as refus:
            _refuser(reglage_invalide(refus), EX_CONFIG)


def _refuser(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _usage(erreur: typer.TyperException) -> str:
    contexte = getattr(erreur, "ctx", None)
    aide = f" Voir « {contexte.command_path} --help »." if contexte else ""
    if isinstance(erreur, typer.BadParameter) and erreur.param is not None:
        return f"Valeur absente ou refusée : {erreur.param.get_error_hint()}.{aide}"
    return f"Option ou commande inconnue.{aide}"


def executer(operation: Callable[[Store], Awaitable[T]]) -> T:
    """Run one operation on the database of the settings. Raise OperationRefusee or Surcharge."""

    async def derouler() -> T:
        async with _store(Settings().database_url) as store:
            return await operation(store)

    return asyncio.run(derouler())


def _store(url: str) -> Store:
    try:
        return Store(url, scopes(build_schema()), maintenant, bac_a_sable=Settings().bac_a_sable, delais=COMMANDE)
    except ValueError as erreur:
        raise OperationRefusee(str(erreur)) from None


def maintenant() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def lisible(instant: datetime | None) -> str:
    """Write an instant as people read it, in Paris."""
    return instant.astimezone(PARIS).strftime("%d/%m/%Y %H:%M") if instant else "-"


def ligne(*colonnes: str) -> None:
    """Print one line of a table: columns separated by tabulations, for scripts."""
    typer.echo("\t".join(colonnes))
