"""The words that both services of France Travail share: credentials, headers, refusals."""

from contextlib import suppress
from typing import cast

import msgspec

from graph.demande import Demande
from graph.errors import ErreurDeBloc, IdentiteNonReconnue, SourceDelaiDepasse, SourceReponseInvalide
from graph.identite import IDENTIFIANT_FRANCE_TRAVAIL, choisir
from providers._normal import DERIVE, decode
from providers._outcome import juger
from providers._source import Appel, ClientCredentials, Paires, UpstreamResponse

IDENTIFICATIONS = (IDENTIFIANT_FRANCE_TRAVAIL,)
AUTH = ClientCredentials(
    scope="api_statutaugmentev1 api_liste-paiementsv1 individuStatutAugmente application_{client_id}",
    token_path="/connexion/oauth2/access_token",  # noqa: S106 - a path
    basic=False,
)
APPELANT = "X-pe-consommateur"
INCONNU = "404"
#: What the log of a 500 holds when France Travail did not answer itself in time.
DELAI = "java.util.concurrent.TimeoutException"
_ERREUR_INTERNE = 500


class Refus(msgspec.Struct, frozen=True, rename="camel"):
    """How France Travail refuses or fails."""

    code_erreur: str
    message_log: str | None = None


def identifiant(demande: Demande) -> str:
    """Return the identifier asked about. Raise IdentifiantManquant."""
    choisir(demande.identite, IDENTIFICATIONS)
    return cast("str", demande.identite.identifiant_france_travail)


def entetes(appel: Appel) -> Paires:
    """Return the headers of both services; `Content-Type` is theirs, whatever the body is."""
    return (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        (APPELANT, f"DINUM - {appel.appelant}"),
    )


def refuser(reply: UpstreamResponse) -> ErreurDeBloc:
    """Return what a 404 or a 500 says; a 404 that is not in France Travail's words says nothing of the person."""
    if reply.status == _ERREUR_INTERNE:
        return SourceDelaiDepasse(cause="SOURCE_DELAI_DEPASSE") if _trop_lent(reply.body) else juger(reply)
    if not reply.body or decode(reply.body, Refus).code_erreur == INCONNU:
        return IdentiteNonReconnue()
    return SourceReponseInvalide(cause=DERIVE)


def _trop_lent(body: bytes) -> bool:
    with suppress(SourceReponseInvalide):
        return DELAI in (decode(body, Refus).message_log or "")
    return False
