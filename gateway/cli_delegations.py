"""The commands `particulier editeur …` and `particulier delegation …`; stdout is for scripts, comments go to stderr."""

from typing import Annotated

import typer

from gateway.cli_operations import GroupeFrancais, executer, ligne, lisible

editeur = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les éditeurs de logiciels.")
delegation = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les délégations aux éditeurs.")

Editeur = Annotated[str, typer.Argument(metavar="EDITEUR", help="Identifiant de l'éditeur.")]
Habilitation = Annotated[str, typer.Argument(metavar="HABILITATION", help="Habilitation de l'administration.")]
Delegation = Annotated[str, typer.Argument(metavar="DELEGATION", help="Identifiant de la délégation.")]


@editeur.command(
    "creer", help="Enregistre un éditeur ; affiche son identifiant, puis celui de son habilitation propre."
)
def creer_editeur(
    nom: Annotated[str, typer.Option(help="Nom de l'éditeur.")],
    siret: Annotated[str, typer.Option(help="SIRET de l'éditeur ; il n'est jamais destinataire.")],
    plage_ip: Annotated[
        list[str] | None, typer.Option(help="Adresse ou plage (CIDR) d'où viennent ses appels ; à répéter.")
    ] = None,
) -> None:
    """Record an editor."""
    cree = executer(lambda store: store.creer_editeur(nom, siret, plage_ip or ()))
    ligne(cree.id, cree.habilitation_id)
    suite = f"Son jeton : « particulier jeton emettre {cree.habilitation_id} ». Sans délégation, il n'ouvre rien."
    typer.echo(suite, err=True)


@editeur.command("lister", help="Liste les éditeurs, un par ligne, colonnes séparées par des tabulations.")
def lister_editeurs() -> None:
    """Print every editor."""
    editeurs = executer(lambda store: store.lister_editeurs())
    ligne("identifiant", "habilitation propre", "SIRET", "créé le", "nom")
    for un in editeurs:
        ligne(un.id, un.habilitation_id, un.siret, lisible(un.cree_le), un.nom)


@delegation.command("creer", help="Délègue l'habilitation d'une administration à un éditeur ; affiche l'identifiant.")
def creer_delegation(editeur_id: Editeur, habilitation_id: Habilitation) -> None:
    """Let an editor use a grant."""
    typer.echo(executer(lambda store: store.deleguer(editeur_id, habilitation_id)).id)


@delegation.command("revoquer", help="Met fin à une délégation, dès la requête suivante.")
def revoquer(delegation_id: Delegation) -> None:
    """End a delegation."""
    executer(lambda store: store.revoquer_delegation(delegation_id))
    typer.echo("Délégation révoquée.", err=True)


@delegation.command("lister", help="Liste les délégations, une par ligne, colonnes séparées par des tabulations.")
def lister_delegations(
    editeur_id: Annotated[str | None, typer.Option("--editeur", help="Celles de cet éditeur.")] = None,
) -> None:
    """Print the delegations, revoked ones included."""
    delegations = executer(lambda store: store.lister_delegations(editeur_id))
    ligne("identifiant", "état", "créée le", "révoquée le", "éditeur", "habilitation")
    for une in delegations:
        etat = "en cours" if une.revoquee_le is None else "révoquée"
        ligne(une.id, etat, lisible(une.creee_le), lisible(une.revoquee_le), une.editeur_id, une.habilitation_id)
