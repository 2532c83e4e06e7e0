"""POST /webhooks/datapass: what DataPass decides of a grant, proven by its signature, applied once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gateway.entrant import ClientParti, headers_of, read_body
from graph.errors import ErreurDeRequete
from habilitations.datapass import FENETRE, Evenement, EvenementInvalide, dans_la_fenetre, lire, signature_valide
from habilitations.regles import OperationRefusee
from habilitations.store import Store
from habilitations.store_datapass import Suite

log = structlog.get_logger("gateway.webhooks")
#: A key as long as the digest: shorter, the signature is weaker than the hash.
SECRET_MIN = 32


class _Refus(Exception):  # noqa: N818 - the domain's nouns are French
    """One way to say no. The codes are DataPass's business alone, hence not among those of `graph/errors.py`."""

    def __init__(self, code: str, status: int, message: str, *, retryable: bool = False) -> None:
        super().__init__(code)
        self.code, self.status, self.message, self.retryable = code, status, message, retryable


_SIGNATURE = "L'en-tête X-Hub-Signature-256 ne signe pas ce corps : vérifiez le secret partagé."
_FENETRE = "La date fired_at est trop loin de l'heure du serveur : l'événement n'est pas appliqué."
_INVALIDE = "Le corps n'est pas un événement de DataPass : rien n'est appliqué, rien n'est retenu."


def build_router(store: Store, secret: str, horloge: Callable[[], datetime], fenetre: timedelta = FENETRE) -> APIRouter:
    """Build the route.

    Args:
        store: where grants are recorded.
        secret: shared with DataPass, 32 bytes at least.
        horloge: current instant, aware.
        fenetre: how far `fired_at` may be from now, both ways. DataPass repeats a failed delivery for 9 minutes with
            the date of the event: the window outlasts that, and a repetition that was applied is known for longer.

    Raises:
        ValueError: the secret is too short to prove anything.
    """
    cle = secret.encode()
    if len(cle) < SECRET_MIN:
        raise ValueError(f"Le secret du webhook DataPass est trop court : {SECRET_MIN} octets au moins.")
    router = APIRouter(include_in_schema=False)

    @router.post("/webhooks/datapass")
    async def datapass(request: Request) -> Response:
        requete = str(uuid4())
        try:
            evenement = lire(await _corps_signe(request, cle))
            if evenement is None:
                return Response(status_code=HTTPStatus.NO_CONTENT)
            suite = await _suivre(store, evenement, horloge(), fenetre)
        except ClientParti:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
        except (_Refus, EvenementInvalide, OperationRefusee, ErreurDeRequete) as erreur:
            return _refuser(_traduire(erreur), requete)
        _noter(requete, evenement, suite)
        return _repondre(suite)

    return router


async def _corps_signe(request: Request, cle: bytes) -> bytes:
    """Return the body once it is proven: nothing of it is decoded before."""
    headers = headers_of(request.scope)
    corps = await read_body(headers, request.receive)
    if not signature_valide(cle, corps, headers.get("x-hub-signature-256")):
        raise _Refus("SIGNATURE_INVALIDE", HTTPStatus.UNAUTHORIZED, _SIGNATURE)
    return corps


async def _suivre(store: Store, evenement: Evenement, maintenant: datetime, fenetre: timedelta) -> Suite:
    """Apply an event; out of the window, only one that was applied already is answered, as it was."""
    if dans_la_fenetre(evenement, maintenant, fenetre):
        return await store.appliquer(evenement)
    suite = await store.suite_connue(evenement)
    if suite is None:
        raise _Refus("EVENEMENT_PERIME", HTTPStatus.UNAUTHORIZED, _FENETRE)
    return suite


def _noter(requete: str, evenement: Evenement, suite: Suite) -> None:
    log.info(
        "datapass",
        request_id=requete,
        evenement=evenement.nom,
        demande=evenement.external_id,
        jeton=suite.jeton_id,
        scopes_ecartes=suite.scopes_ecartes,
        perimee=suite.perimee,
    )


def _repondre(suite: Suite) -> Response:
    # The text of a token never goes this way: who holds the grant collects it from an operator.
    if suite.jeton_id is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return JSONResponse({"token_id": suite.jeton_id})


def _traduire(erreur: Exception) -> _Refus:
    """Return the refusal that an error is; none of their messages holds a value that was sent."""
    if isinstance(erreur, _Refus):
        return erreur
    if isinstance(erreur, OperationRefusee):
        return _Refus("EVENEMENT_REFUSE", HTTPStatus.CONFLICT, erreur.message)
    if isinstance(erreur, ErreurDeRequete):
        return _Refus(erreur.code, erreur.status, erreur.message, retryable=erreur.retryable)
    return _Refus("EVENEMENT_INVALIDE", HTTPStatus.BAD_REQUEST, _INVALIDE)


def _refuser(refus: _Refus, requete: str) -> Response:
    log.warning("datapass_refuse", request_id=requete, code=refus.code, status=int(refus.status))
    extensions = {"code": refus.code, "retryable": refus.retryable, "requestId": requete}
    corps = {"errors": [{"message": refus.message, "extensions": extensions}]}
    return JSONResponse(corps, refus.status, {"Retry-After": "1"} if refus.retryable else None)
