"""What the commands on the journal share: which file they read, which keys of the seals, and how they refuse."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr

from audit.cle import DES_SCELLES, CleInvalide, lire
from audit.scelles import cle_publique
from audit.verification import Illisible, lire_cles
from gateway.settings import Settings

#: Exit status when nothing could be read, hence nothing said.
ILLISIBLE = 2

Fichier = Annotated[
    Path | None, typer.Option("--journal", metavar="FICHIER", help="Un autre journal que celui des réglages.")
]
Cles = Annotated[
    Path | None,
    typer.Option(metavar="FICHIER", help="Les clés publiques, une par ligne ; à défaut, celle de la clé en place."),
]


def fichier_du_journal(nomme: Path | None) -> Path:
    """Return the file that was named, or that of the settings; exit when a database keeps the journal."""
    journal = nomme or Settings().journal
    if isinstance(journal, SecretStr):
        refuser(
            "Ce journal est tenu par PostgreSQL : prenez-en une copie (« particulier journal copier --vers FICHIER »), "
            "et nommez-la avec --journal."
        )
    return journal


def cles_des_scelles(fichier: Path | None) -> tuple[bytes, ...]:
    """Return the public keys of a file, or else that in place; exit when they cannot be read."""
    try:
        return lire_cles(fichier) if fichier else (cle_en_place(),)
    except (Illisible, CleInvalide) as refus:
        refuser(str(refus))


def cle_en_place() -> bytes:
    """Return the public key of the seals. Raise CleInvalide."""
    return cle_publique(lire(Settings().cle_scelles, DES_SCELLES))


def refuser(message: str) -> NoReturn:
    """Say why nothing is said, and exit."""
    typer.echo(message, err=True)
    raise typer.Exit(ILLISIBLE)
