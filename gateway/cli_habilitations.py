"""The commands `particulier habilitation …` and `particulier jeton …`; stdout is for scripts, comments go to stderr."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from gateway.cli_operations import GroupeFrancais, executer, ligne, lisible, maintenant
from gateway.settings import Settings
from graph.circonstances import PARIS
from graph.errors import Surcharge
from habilitations.habilitation import Modalite
from habilitations.quotas import stockage
from habilitations.regles import PERSONNES_MAX, OperationRefusee

habilitation = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les habilitations.")
jeton = typer.Typer(cls=GroupeFrancais, no_args_is_help=True, help="Administre les jetons.")

#: Seconds: an operator waits longer than a request.
_DELAI_REDIS = 5.0
_SUITE = ("volume annuel", "plages IP", "DataPass", "éditeur", "FranceConnect", "personnes par requête", "modalités")
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
    volume: Annotated[
        int | None, typer.Option(min=1, help="Personnes que l'administration déclare consulter par an.")
    ] = None,
    plage_ip: Annotated[
        list[str] | None, typer.Option(help="Adresse ou plage (CIDR) d'où viennent les appels ; à répéter.")
    ] = None,
    modalite: Annotated[
        list[Modalite] | None, typer.Option(help="Façon de désigner une personne ; à répéter. Sans elle, toutes.")
    ] = None,
    franceconnect: Annotated[
        str | None,
        typer.Option(metavar="CLIENT_ID", help="Client FranceConnect du service où l'usager s'identifie."),
    ] = None,
) -> None:
    """Record a grant; days begin at midnight in Paris."""
    creee = executer(
        lambda store: store.creer_habilitation(
            intitule=intitule,
            sirets=siret,
            scopes=scope,
            cadre_juridique=cadre,
            debut=debut and _minuit(debut),
            fin=fin and _minuit(fin + timedelta(days=1)),
            personnes_par_requete=personnes,
            volume_annuel=volume,
            modalites=modalite or (),
            plages_ip=plage_ip or (),
            franceconnect_client_id=franceconnect,
        )
    )
    typer.echo(creee.id)


@habilitation.command("lister", help="Liste les habilitations, une par ligne, colonnes séparées par des tabulations.")
def lister() -> None:
    """Print every grant."""
    habilitations = executer(lambda store: store.lister())
    ligne("identifiant", "état", "début", "fin", "SIRET", "scopes", "cadre juridique", "intitulé", *_SUITE)
    for une in habilitations:
        dates = lisible(une.debut), lisible(une.fin)
        mots = " ".join(une.sirets), " ".join(sorted(une.scopes))
        etat = une.etat(maintenant()).value
        suite = str(une.volume_annuel or "-"), " ".join(une.plages_ip) or "-", une.public_id or une.external_id or "-"
        qui = une.editeur_id or "-", une.franceconnect_client_id or "-", str(une.personnes_par_requete)
        ligne(
            une.id, etat, *dates, *mots, une.cadre_juridique, une.intitule, *suite, *qui, " ".join(une.modalites) or "-"
        )


@habilitation.command("suspendre", help="Refuse tous les jetons d'une habilitation, dès la requête suivante.")
def suspendre(habilitation_id: Habilitation) -> None:
    """Suspend a grant."""
    executer(lambda store: store.suspendre(habilitation_id))
    typer.echo("Habilitation suspendue : ses jetons sont refusés.", err=True)


@habilitation.command("retablir", help="Met fin à la suspension d'une habilitation.")
def retablir(habilitation_id: Habilitation) -> None:
    """Restore a grant."""
    executer(lambda store: store.retablir(habilitation_id))
    typer.echo("Habilitation rétablie.", err=True)


@habilitation.command("limiter", help="Remplace les adresses d'où l'habilitation s'emploie, dès la requête suivante.")
def limiter(
    habilitation_id: Habilitation,
    plage_ip: Annotated[
        list[str] | None, typer.Option(help="Adresse ou plage (CIDR) ; à répéter. Sans elle, toute adresse convient.")
    ] = None,
) -> None:
    """Change the ranges of a grant, those of DataPass and of editors included."""
    executer(lambda store: store.limiter(habilitation_id, plage_ip or ()))
    typer.echo("Plages d'adresses remplacées." if plage_ip else "Toute adresse est acceptée.", err=True)


@habilitation.command("personnes", help="Remplace le nombre de personnes qu'une requête peut désigner.")
def admettre(
    habilitation_id: Habilitation,
    nombre: Annotated[int, typer.Argument(metavar="NOMBRE", help=f"Personnes distinctes, de 1 à {PERSONNES_MAX}.")],
) -> None:
    """Change how many persons one request of a grant may name, those of DataPass and of editors included."""
    executer(lambda store: store.admettre(habilitation_id, nombre))
    typer.echo(f"Une requête peut désigner {nombre} personne{'s' if nombre > 1 else ''}.", err=True)


@habilitation.command("rattacher", help="Rattache l'habilitation à un service FranceConnect, dès la requête suivante.")
def rattacher(
    habilitation_id: Habilitation,
    franceconnect: Annotated[
        str | None, typer.Option(metavar="CLIENT_ID", help="Client FranceConnect du service. Sans lui, aucun.")
    ] = None,
) -> None:
    """Bind a grant to the one service whose users' tokens it accepts."""
    executer(lambda store: store.rattacher(habilitation_id, franceconnect))
    suite = "Service FranceConnect rattaché." if franceconnect else "Plus aucun jeton FranceConnect n'est accepté."
    typer.echo(suite, err=True)


@jeton.command("emettre", help="Émet un jeton, ou remet celui qu'attend DataPass, et l'affiche une seule fois.")
def emettre(
    habilitation_id: Habilitation,
    jours: Annotated[int, typer.Option(min=1, max=365, help="Durée de vie, en jours.")] = 365,
) -> None:
    """Issue a token."""
    emis = executer(lambda store: store.emettre(habilitation_id, timedelta(days=jours)))
    _montrer(emis.texte, emis.jeton.id, emis.jeton.fin)


@jeton.command("lister", help="Liste les jetons, un par ligne, colonnes séparées par des tabulations.")
def lister_jetons(
    habilitation_id: Annotated[str | None, typer.Option("--habilitation", help="Ceux de cette habilitation.")] = None,
) -> None:
    """Print what is known of the tokens: never their text."""
    jetons = executer(lambda store: store.lister_jetons(habilitation_id))
    ligne("identifiant", "état", "émis le", "fin", "habilitation", "succède à")
    for un in jetons:
        vivant = "à retirer" if un.a_retirer else "suspendu" if un.suspendu_le else "valable"
        etat = vivant if maintenant() < un.fin else "révoqué" if un.fin == un.revoque_le else "expiré"
        ligne(un.id, etat, lisible(un.emis_le), lisible(un.fin), un.habilitation_id, un.succede_a or "-")


@jeton.command("revoquer", help="Refuse un jeton dès la requête suivante.")
def revoquer(jeton_id: Jeton) -> None:
    """Revoke a token."""
    executer(lambda store: store.revoquer(jeton_id))
    typer.echo("Jeton révoqué.", err=True)


@jeton.command("suspendre", help="Refuse un jeton dès la requête suivante, jusqu'à ce qu'il soit rétabli.")
def suspendre_un_jeton(jeton_id: Jeton) -> None:
    """Suspend a token."""
    executer(lambda store: store.suspendre_jeton(jeton_id))
    typer.echo("Jeton suspendu.", err=True)


@jeton.command("retablir", help="Met fin à la suspension d'un jeton, et oublie les personnes qu'il a consultées.")
def retablir_un_jeton(jeton_id: Jeton) -> None:
    """Restore a token; the counters go first, so that a request in between does not suspend it again."""
    redis_url = Settings().redis_url
    if redis_url:
        asyncio.run(_lever(redis_url.get_secret_value(), jeton_id))
    executer(lambda store: store.retablir_jeton(jeton_id))
    typer.echo("Jeton rétabli.", err=True)
    if not redis_url:
        typer.echo("Sans PARTICULIER_REDIS_URL, chaque serveur compte en mémoire : redémarrez-le.", err=True)


async def _lever(url: str, jeton_id: str) -> None:
    """Forget what Redis holds against a token. Raise OperationRefusee."""
    try:
        compteurs = stockage(url, _DELAI_REDIS)
    except ValueError:
        raise OperationRefusee("PARTICULIER_REDIS_URL : redis://…, rediss://… ou unix://… est attendu.") from None
    try:
        await compteurs.lever(jeton_id)
    except Surcharge:
        raise OperationRefusee("Redis ne répond pas : vérifiez PARTICULIER_REDIS_URL.") from None
    finally:
        await compteurs.aclose()


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
    emis = executer(lambda store: store.renouveler(jeton_id, chevauchement, timedelta(days=jours)))
    _montrer(emis.texte, emis.jeton.id, emis.jeton.fin)
    typer.echo(f"L'ancien jeton est accepté encore {chevauchement // timedelta(hours=1)} h au plus.", err=True)


def _minuit(jour: datetime) -> datetime:
    return jour.replace(tzinfo=PARIS)


def _montrer(texte: str, jeton_id: str, fin: datetime) -> None:
    typer.echo(texte)
    typer.echo(f"Jeton {jeton_id}, valable jusqu'au {lisible(fin)}. Il ne sera plus jamais affiché.", err=True)
