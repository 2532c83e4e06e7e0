"""The commands on the keys of the pseudonyms: list them, create those of the next months, destroy the expired ones."""

import sys
from collections.abc import Iterable
from typing import Annotated, NoReturn

import typer

from audit.cle import CleInvalide
from audit.mois import Mois
from audit.trousseau import CONSERVATION, Trousseau
from gateway.cli_operations import ligne, maintenant
from gateway.settings import Settings

#: Keys created ahead: this month and the next one by default, ten years at most.
_DEFAUT, _MAX = 2, 120
#: Exit status when what was asked is refused or cannot be done; 2 is that of a wrong usage.
_REFUS, _USAGE = 1, 2


def cles(
    preparer: Annotated[bool, typer.Option("--preparer", help="Crée d'abord les clés qui manquent.")] = False,  # noqa: FBT002 - typer reads a flag so
    nombre: Annotated[
        int | None,
        typer.Argument(metavar="N", min=1, max=_MAX, help="Mois à préparer, celui-ci compris ; 2 à défaut."),
    ] = None,
) -> None:
    """Print one line per month: whether its key is there; exit status 1 when the service needs one that is not."""
    if nombre is not None and not preparer:
        _refuser("Un nombre de mois ne va qu'avec --preparer.", _USAGE)
    trousseau, instant = Trousseau(Settings().cles_pseudonymes), maintenant()
    try:
        creees = trousseau.preparer(instant, nombre or _DEFAUT) if preparer else ()
        presentes = trousseau.toutes()
    except CleInvalide as refus:
        _refuser(str(refus))
    _lister(presentes, trousseau.perimees(instant), trousseau.perdues(instant))
    if creees:
        typer.echo(f"Créées dans {trousseau.dossier} : {_enumerer(creees)}. Copiez-les hors de la machine.", err=True)
    if not trousseau.pret(instant):
        _refuser("Des clés dont le service a besoin manquent : lancez « particulier journal cles --preparer ».")


def oublier(
    avant: Annotated[
        str | None, typer.Option(metavar="AAAA-MM", help="Les mois d'avant celui-ci seulement, non compris.")
    ] = None,
    oui: Annotated[bool, typer.Option("--oui", help="Ne demande pas confirmation.")] = False,  # noqa: FBT002 - typer reads a flag so
) -> None:
    """Destroy the keys of the months that nobody may ask about any more."""
    trousseau, instant = Trousseau(Settings().cles_pseudonymes), maintenant()
    limite = _limite(avant, Mois.de(instant).plus(-CONSERVATION))
    perimees = trousseau.perimees(instant, limite)
    if not perimees:
        typer.echo(f"Rien à oublier : aucune clé d'avant {limite}.")
        return
    typer.echo(f"Clés des pseudonymes à détruire : {_enumerer(perimees)}.")
    if not oui and not _confirme():
        _refuser("Rien n'a été détruit.")
    try:
        oubliees = trousseau.oublier(instant, limite)
    except CleInvalide as refus:
        _refuser(f"{refus} Les clés d'avant elle sont détruites ; relancez la commande.")
    typer.echo(f"Oubliées : {_enumerer(oubliees)}. Plus personne ne peut être retrouvé dans les accès de ces mois.")
    typer.echo("Détruisez maintenant toutes les copies de ces clés : tant qu'il en reste une, rien n'est oublié.")


def _limite(avant: str | None, conservation: Mois) -> Mois:
    """Return the first month to keep."""
    if avant is None:
        return conservation
    voulue = Mois.lire(avant)
    if voulue is None:
        _refuser("--avant : un mois est attendu, écrit AAAA-MM.", _USAGE)
    if voulue > conservation:
        _refuser(
            f"Les accès se gardent {CONSERVATION} mois : --avant ne peut pas être plus tard que {conservation}.", _USAGE
        )
    return voulue


def _lister(presentes: Iterable[str], perimees: Iterable[str], perdues: Iterable[Mois]) -> None:
    ligne("mois", "clé")
    etats = dict.fromkeys(presentes, "présente") | dict.fromkeys(perimees, "présente, à oublier")
    anterieures = [nom for nom in etats if Mois.lire(nom) is None]
    etats |= {str(mois): "manque" for mois in perdues}
    for nom in (*anterieures, *sorted(etats.keys() - set(anterieures))):
        ligne(nom, etats[nom])


def _confirme() -> bool:
    typer.echo("C'est définitif. Tapez « oui » pour les détruire : ", nl=False)
    return sys.stdin.readline().strip().casefold() == "oui"


def _enumerer(noms: Iterable[object]) -> str:
    return ", ".join(map(str, noms))


def _refuser(message: str, code: int = _REFUS) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
