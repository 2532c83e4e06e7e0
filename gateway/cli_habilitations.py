"""The commands `particulier habilitation …` and `particulier jeton …`; stdout is for scripts, comments go to stderr."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperGroup

from gateway.settings import Settings
from graph.catalogue import scopes
from graph.errors import Surcharge
from graph.schema import build_schema
from habilitations.regles import OperationRefusee
from habilitations.store import Store

T = TypeVar("T")
_PARIS = ZoneInfo("Europe/Paris")
_BASE = (
    "La base de données ne répond pas, ou n'est pas à jour : vérifiez PARTICULIER_DATABASE_URL, "
    "puis lancez « particulier migrer »."
)


class GroupeFrancais(TyperGroup):
    """A group of commands whose every refusal is one French line on stderr: exit 2 for usage, 1 for the rest."""

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


def _refuser(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _usage(erreur: typer.TyperException) -> str:
    contexte = getattr(erreur, "ctx", None)
    aide = f" Voir « {contexte.command_path} --help »." if contexte else ""
    if isinstance(erreur, typer.BadParameter) and erreur.param is not None:
        return f"Valeur absente ou refusée : {erreur.param.get_error_hint()}.{aide}"
    return f"Option ou commande inconnue.{aide}"


habilitation = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les habilitations.")
jeton = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les jetons.")

Habilitation = Annotated[str, typer.Argument(metavar="HABILITATION", help="Identifiant de l'habilitation.")]
Jeton = Annotated[str, typer.Argument(metavar="JETON", help="Identifiant du jeton (jamais le jeton).")]


@habilitation.command("creer", help="Enregistre une habilitation et affiche son identifiant.")
def creer(  # noqa: PLR0913, PLR0917 - one parameter per option
    intitule: Annotated[str, typer.Option(help="Ce que l'administration fait des données.")],
    siret: Annotated[list[str], typer.Option(help="SIRET d'un destinataire couvert ; à répéter.")],
    scope: Annotated[list[str], typer.Option(help="Scope accordé ; à répéter.")],
    cadre: Annotated[str, typer.Option(help="Texte qui fonde l'accès, par exemple « CRPA, art. L. 114-8 ».")],
    debut: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Premier jour ; à défaut, maintenant.")
    ] = None,
    fin: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Dernier jour, inclus.")] = None,
    personnes: Annotated[int, typer.Option(help="Personnes distinctes qu'une requête peut désigner.")] = 1,
) -> None:
    """Record a grant; days begin at midnight in Paris."""
    creee = _executer(
        lambda store: store.creer_habilitation(
            intitule=intitule,
            sirets=siret,
            scopes=scope,
            cadre_juridique=cadre,
            debut=debut and _minuit(debut),
            fin=fin and _minuit(fin + timedelta(days=1)),
            personnes_par_requete=personnes,
        )
    )
    typer.echo(creee.id)


@habilitation.command("lister", help="Liste les habilitations, une par ligne, colonnes séparées par des tabulations.")
def lister() -> None:
    """Print every grant."""
    habilitations = _executer(lambda store: store.lister())
    typer.echo("identifiant\tétat\tdébut\tfin\tSIRET\tscopes\tcadre juridique\tintitulé")
    for une in habilitations:
        dates = _lisible(une.debut), _lisible(une.fin)
        mots = " ".join(une.sirets), " ".join(sorted(une.scopes))
        etat = une.etat(_maintenant()).value
        typer.echo("\t".join((une.id, etat, *dates, *mots, une.cadre_juridique, une.intitule)))


@habilitation.command("suspendre", help="Refuse tous les jetons d'une habilitation, dès la requête suivante.")
def suspendre(habilitation_id: Habilitation) -> None:
    """Suspend a grant."""
    _executer(lambda store: store.suspendre(habilitation_id))
    typer.echo("Habilitation suspendue : ses jetons sont refusés.", err=True)


@habilitation.command("retablir", help="Met fin à la suspension d'une habilitation.")
def retablir(habilitation_id: Habilitation) -> None:
    """Restore a grant."""
    _executer(lambda store: store.retablir(habilitation_id))
    typer.echo("Habilitation rétablie.", err=True)


@jeton.command("emettre", help="Émet un jeton et l'affiche, une seule fois.")
def emettre(
    habilitation_id: Habilitation,
    jours: Annotated[int, typer.Option(min=1, max=365, help="Durée de vie, en jours.")] = 365,
) -> None:
    """Issue a token."""
    emis = _executer(lambda store: store.emettre(habilitation_id, timedelta(days=jours)))
    _montrer(emis.texte, emis.jeton.id, emis.jeton.fin)


@jeton.command("lister", help="Liste les jetons, un par ligne, colonnes séparées par des tabulations.")
def lister_jetons(
    habilitation_id: Annotated[str | None, typer.Option("--habilitation", help="Ceux de cette habilitation.")] = None,
) -> None:
    """Print what is known of the tokens: never their text."""
    jetons = _executer(lambda store: store.lister_jetons(habilitation_id))
    typer.echo("identifiant\tétat\témis le\tfin\thabilitation\tsuccède à")
    for un in jetons:
        etat = "valable" if _maintenant() < un.fin else "révoqué" if un.fin == un.revoque_le else "expiré"
        dates = _lisible(un.emis_le), _lisible(un.fin)
        typer.echo("\t".join((un.id, etat, *dates, un.habilitation_id, un.succede_a or "-")))


@jeton.command("revoquer", help="Refuse un jeton dès la requête suivante.")
def revoquer(jeton_id: Jeton) -> None:
    """Revoke a token."""
    _executer(lambda store: store.revoquer(jeton_id))
    typer.echo("Jeton révoqué.", err=True)


def _heures(texte: str) -> timedelta:
    lu = re.fullmatch(r"([0-9]{1,3})h", texte)
    if not lu:
        raise ValueError(texte)
    return timedelta(hours=int(lu[1]))


@jeton.command("renouveler", help="Émet le successeur d'un jeton et l'affiche, une seule fois.")
def renouveler(
    jeton_id: Jeton,
    chevauchement: Annotated[
        timedelta, typer.Option(parser=_heures, metavar="HEURES", help="Sursis de l'ancien jeton : de 0h à 72h.")
    ] = "24h",  # type: ignore[assignment]  # read by the parser, as if it were typed
    jours: Annotated[int, typer.Option(min=1, max=365, help="Durée de vie, en jours.")] = 365,
) -> None:
    """Renew a token."""
    emis = _executer(lambda store: store.renouveler(jeton_id, chevauchement, timedelta(days=jours)))
    _montrer(emis.texte, emis.jeton.id, emis.jeton.fin)
    typer.echo(f"L'ancien jeton est accepté encore {chevauchement // timedelta(hours=1)} h au plus.", err=True)


def _executer(operation: Callable[[Store], Awaitable[T]]) -> T:
    async def derouler() -> T:
        async with _store(Settings().database_url) as store:
            return await operation(store)

    return asyncio.run(derouler())


def _store(url: str) -> Store:
    try:
        return Store(url, scopes(build_schema()), _maintenant, bac_a_sable=Settings().bac_a_sable)
    except ValueError as erreur:
        raise OperationRefusee(str(erreur)) from None


def _maintenant() -> datetime:
    return datetime.now(UTC)


def _minuit(jour: datetime) -> datetime:
    return jour.replace(tzinfo=_PARIS)


def _lisible(instant: datetime | None) -> str:
    return instant.astimezone(_PARIS).strftime("%d/%m/%Y %H:%M") if instant else "-"


def _montrer(texte: str, jeton_id: str, fin: datetime) -> None:
    typer.echo(texte)
    typer.echo(f"Jeton {jeton_id}, valable jusqu'au {_lisible(fin)}. Il ne sera plus jamais affiché.", err=True)
