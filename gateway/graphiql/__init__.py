"""GraphiQL at `GET /graphiql`: the page that `make web` built and its files, served by us under a strict policy."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import FileResponse, PlainTextResponse, Response

#: The editors write styles of their own: hence 'unsafe-inline' for styles, and for nothing else.
POLITIQUE = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ENTETES = {
    "Content-Security-Policy": POLITIQUE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
#: Written here, since the types known to the machine differ from one to the next.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
_ABSENT = "GraphiQL n'est pas construit sur ce serveur : lancez « make web », puis rechargez cette page.\n"
#: The name of a file holds a hash of its content: it never changes.
_TOUJOURS = "public, max-age=31536000, immutable"


def build_router(assets: Path) -> APIRouter:
    """Build the routes of GraphiQL.

    Args:
        assets: The folder that `make web` fills; in its subfolder `graphiql`, `index.html` and the files of the page,
            each with its `.gz` if it is large.
    """
    router, dossier = APIRouter(include_in_schema=False), assets / "graphiql"

    @router.get("/graphiql")
    def page(accept_encoding: Annotated[str, Header()] = "") -> Response:
        reponse = _fichier(dossier / "index.html", accept_encoding, "no-cache")
        return reponse or PlainTextResponse(_ABSENT, 503, _ENTETES)

    @router.get("/graphiql/{nom}")
    def actif(nom: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
        reponse = _fichier(dossier / nom, accept_encoding, _TOUJOURS)
        return reponse or PlainTextResponse("Fichier inconnu.\n", 404, _ENTETES)

    return router


def _fichier(chemin: Path, accept_encoding: str, cache: str) -> Response | None:
    """Return a file, compressed if there is such a form and the browser takes it. None if it is not ours to serve."""
    if chemin.suffix not in _TYPES or not _existe(chemin):
        return None
    entetes, type_media = {**_ENTETES, "Cache-Control": cache}, _TYPES[chemin.suffix]
    compresse = chemin.with_name(f"{chemin.name}.gz")
    if "gzip" in accept_encoding and compresse.is_file():
        entetes, chemin = {**entetes, "Content-Encoding": "gzip"}, compresse
    return FileResponse(chemin, headers=entetes, media_type=type_media)


def _existe(chemin: Path) -> bool:
    try:
        return chemin.is_file()
    except OSError:  # a name longer than the file system allows
        return False
