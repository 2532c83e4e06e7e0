"""The endpoints of the sandbox: tokens, persons, calls received, faults, and the simulators over real HTTP."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from graphql import GraphQLSchema

from graph.errors import ErreurDeRequete, ParametreInvalide, Surcharge
from habilitations.citoyen import Niveau
from habilitations.siret import siret_valide
from providers._pannes import PanneDeTransport
from providers._personas import Personas
from providers._source import UpstreamRequest
from sandbox.franceconnect import CitoyenInconnu, Faute, FranceConnectSimule
from sandbox.jetons import Guichet
from sandbox.pannes import Mode, Panne
from sandbox.personnes import presenter
from sandbox.simulateurs import Simulateur

Forme = TypeVar("Forme")
PREFIXE = "/bac-a-sable"
_METHODES = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Refus(Exception):  # noqa: N818 - the domain's nouns are French
    """A request that the sandbox cannot follow; `detail` never holds what was sent."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class DemandeJeton(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request for a token."""

    scopes: list[str]
    siret: str
    personnes: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = None
    """Distinct persons that one request may name; as many as a request can, unless it is said."""


class DemandeCitoyen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request for a FranceConnect token."""

    personne: str
    scopes: list[str] | None = None
    """What she agrees to: everything, unless it is said."""
    duree_s: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 60
    niveau: Niveau = Niveau.EIDAS1
    faute: Faute | None = None
    """What is wrong with the answer of FranceConnect."""


def build_router(
    simulateurs: Mapping[str, Simulateur],
    personas: Personas,
    guichet: Guichet,
    schema: GraphQLSchema,
    franceconnect: FranceConnectSimule,
) -> APIRouter:
    """Return the sandbox's endpoints. They need no token, and must not be mounted in production.

    Args:
        simulateurs: the simulated sources, by name (`sandbox.simulateurs.simuler`).
        personas: the persons shown.
        guichet: where tokens are issued.
        schema: where the blocs and their arguments are read.
        franceconnect: names its citizens.
    """
    router = APIRouter(prefix=PREFIXE, route_class=_Route, tags=["Bac à sable"])
    _jetons(router, guichet)
    _appels(router, simulateurs)
    _pannes(router, simulateurs)
    _fournisseurs(router, simulateurs)
    _franceconnect(router, franceconnect, guichet.scopes)

    @router.get("/personnes")
    async def personnes() -> Response:
        return JSONResponse([presenter(persona, schema) for persona in personas])

    return router


def _jetons(router: APIRouter, guichet: Guichet) -> None:
    @router.get("/jetons")
    async def profils() -> Response:
        return JSONResponse(await guichet.profils())

    @router.post("/jetons", status_code=201)
    async def emettre(request: Request) -> Response:
        demande = await _lire(request, DemandeJeton, '{"scopes": ["…"], "siret": "14 chiffres", "personnes": 1 à 50}')
        if not guichet.scopes.issuperset(demande.scopes):
            raise Refus("scopes : parmi ceux du schéma (GET /schema.graphql).")
        if not siret_valide(demande.siret):
            raise Refus("siret : 14 chiffres, clé de contrôle comprise.")
        return JSONResponse(
            await guichet.emettre(demande.scopes, demande.siret, "à la demande", demande.personnes), 201
        )


def _appels(router: APIRouter, simulateurs: Mapping[str, Simulateur]) -> None:
    @router.get("/appels")
    async def appels() -> Response:
        comptes = simulateurs.items()
        return JSONResponse({nom: un.appels for nom, un in comptes if not un.source.auxiliaire})

    @router.get("/appels/auxiliaires")
    async def auxiliaires() -> Response:
        return JSONResponse({nom: simulateur.auxiliaires for nom, simulateur in simulateurs.items()})

    @router.delete("/appels")
    async def oublier() -> Response:
        for simulateur in simulateurs.values():
            simulateur.appels = simulateur.auxiliaires = 0
        return Response(status_code=204)


def _pannes(router: APIRouter, simulateurs: Mapping[str, Simulateur]) -> None:
    exemple = f'{{"mode": "{" | ".join(Mode)}", "delai_ms": 0 à 60000, "retry_after": secondes}}'

    @router.put("/sources/{nom}/panne")
    async def mettre(nom: str, request: Request) -> Response:
        simulateur = _simulateur(simulateurs, nom)
        simulateur.panne = await _lire(request, Panne, exemple)
        return JSONResponse(msgspec.to_builtins(simulateur.panne))

    @router.delete("/sources/{nom}/panne")
    async def lever(nom: str) -> Response:
        _simulateur(simulateurs, nom).panne = None
        return Response(status_code=204)


def _franceconnect(router: APIRouter, franceconnect: FranceConnectSimule, scopes: frozenset[str]) -> None:
    exemple = (
        f'{{"personne": "nom", "scopes": ["…"], "duree_s": 60, "niveau": "eidas1", "faute": "{" | ".join(Faute)}"}}'
    )

    @router.get("/franceconnect/citoyens")
    async def citoyens() -> Response:
        return JSONResponse(list(franceconnect.citoyens))

    @router.post("/franceconnect/jetons", status_code=201)
    async def identifier(request: Request) -> Response:
        demande = await _lire(request, DemandeCitoyen, exemple)
        consentis = scopes if demande.scopes is None else demande.scopes
        duree = timedelta(seconds=demande.duree_s)
        try:
            jeton = franceconnect.emettre(
                demande.personne, sorted(consentis), duree, niveau=demande.niveau, faute=demande.faute
            )
        except CitoyenInconnu as inconnu:
            raise Refus(f"personne : l'une de GET {PREFIXE}/franceconnect/citoyens. {inconnu}") from None
        return JSONResponse({"jeton": jeton.texte, "expire": jeton.expire.isoformat()}, 201)


def _fournisseurs(router: APIRouter, simulateurs: Mapping[str, Simulateur]) -> None:
    @router.api_route("/fournisseurs/{nom}/{chemin:path}", methods=_METHODES, include_in_schema=False)
    async def fournisseur(nom: str, chemin: str, request: Request) -> Response:
        simulateur = _simulateur(simulateurs, nom)
        call = UpstreamRequest(
            request.method,
            f"/{chemin}",
            tuple(request.query_params.multi_items()),
            tuple(request.headers.items()),
            await request.body(),
        )
        try:
            reponse = await simulateur.answer(call, connexion=False)
        except PanneDeTransport:
            return Response(status_code=504)
        return Response(reponse.body, reponse.status, dict(reponse.headers))


def _simulateur(simulateurs: Mapping[str, Simulateur], nom: str) -> Simulateur:
    if nom not in simulateurs:
        raise Refus(f"source : l'une de {', '.join(sorted(simulateurs))}.", 404)
    return simulateurs[nom]


async def _lire(request: Request, forme: type[Forme], exemple: str) -> Forme:
    try:
        return msgspec.json.decode(await request.body(), type=forme)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refus(f"Corps JSON attendu : {exemple}.") from None


class _Route(APIRoute):
    """A route whose refusals have the shape of every error of the project."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler, as FastAPI documents it."""
        handler = super().get_route_handler()

        async def refusing(request: Request) -> Response:
            try:
                return await handler(request)
            except Refus as refus:
                return _entree(ParametreInvalide, f"{ParametreInvalide.message} {refus.detail}", refus.status)
            except Surcharge as surcharge:  # the tokens' database is slow or down
                return _entree(Surcharge, surcharge.message, surcharge.status)

        return refusing


def _entree(classe: type[ErreurDeRequete], message: str, status: int) -> Response:
    erreur = {"message": message, "extensions": {"code": classe.code, "retryable": classe.retryable}}
    return JSONResponse({"errors": [erreur]}, status)
