"""The command `particulier jeton echeances`: what ends soon, for people and for scripts."""

import json
from datetime import timedelta
from typing import Annotated

import typer

from gateway.cli_operations import executer, ligne, lisible, maintenant


def ajouter_echeances(groupe: typer.Typer) -> None:
    """Add the command to a group."""

    @groupe.command("echeances", help="Liste les jetons et les habilitations qui finissent bientôt, sans successeur.")
    def echeances(
        jours: Annotated[int, typer.Option(min=1, max=365, help="Horizon, en jours.")] = 30,
        en_json: Annotated[bool, typer.Option("--json", help="Un objet JSON par ligne.")] = False,  # noqa: FBT002 - an option of a command
    ) -> None:
        """Print what ends soon, the first to end first; nothing is an answer as well."""
        instant = maintenant()
        proches = executer(lambda store: store.echeances(timedelta(days=jours)))
        if not en_json:
            ligne("genre", "identifiant", "habilitation", "fin", "jours", "intitulé")
        for une in proches:
            reste = une.jours(instant)
            if en_json:
                faits = {"genre": une.genre.value, "identifiant": une.id, "habilitation": une.habilitation_id}
                suite = {"fin": une.fin.isoformat(), "jours": reste, "intitule": une.intitule}
                typer.echo(json.dumps(faits | suite, ensure_ascii=False))
            else:
                ligne(une.genre.value, une.id, une.habilitation_id, lisible(une.fin), str(reste), une.intitule)
