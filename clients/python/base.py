"""The base of the generated client: one POST per question, a typed answer, and the reason of each null beside it."""  # noqa: INP001 - copied into the generated package

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python


class Precisions(BaseModel):
    """What a program reads of an error."""

    model_config = ConfigDict(alias_generator=to_camel)

    code: str
    etat: str | None = None
    source: str | None = None
    scopes: Sequence[str] = ()
    demande: str | None = None
    identifiants: Sequence[str] = ()
    retryable: bool = False
    retry_after_ms: int | None = None
    request_id: str | None = None


class Erreur(BaseModel):
    """Why a field is null: exactly one of these stands at its path."""

    message: str
    path: Sequence[str | int] = ()
    extensions: Precisions


class RequeteRefusee(Exception):  # noqa: N818 - the nouns of the domain are French
    """The whole request was refused: nothing was answered."""

    def __init__(self, status: int, erreurs: Sequence[Erreur]) -> None:
        super().__init__(" ".join(erreur.message for erreur in erreurs) or f"Réponse HTTP {status}")
        self.status = status
        self.erreurs = erreurs


class Client:
    """Send the queries. `http` is yours to open and close: its `base_url`, its deadlines, its connections."""

    def __init__(self, http: httpx.AsyncClient, jeton: str, *, destinataire: str | None = None) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {jeton}", "Accept": "application/graphql-response+json"}
        if destinataire is not None:
            self._headers["X-Destinataire"] = destinataire

    async def execute(
        self, query: str, operation_name: str, variables: Mapping[str, object], *, erreurs: list[Erreur] | None = None
    ) -> httpx.Response:
        """Ask; a partial answer is the normal case, so give `erreurs`: it receives the reason of each null."""
        saisies = {nom: _jsonable(valeur) for nom, valeur in variables.items()}
        corps = {"query": query, "operationName": operation_name, "variables": saisies}
        reponse = await self._http.post("/graphql", json=corps, headers=self._headers)
        if erreurs is not None:
            erreurs.extend(_erreurs(_json(reponse)))
        return reponse

    def get_data(self, response: httpx.Response) -> Mapping[str, Any]:
        """Return the data. Raise RequeteRefusee when there is none at all."""
        corps = _json(response)
        data: Mapping[str, Any] | None = corps.get("data")
        if data is None:
            raise RequeteRefusee(response.status_code, _erreurs(corps))
        return data


def _jsonable(valeur: object) -> Any:
    """Leave out what was not given: a null would be a value."""
    if isinstance(valeur, BaseModel):
        return valeur.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(valeur, list):
        return [_jsonable(element) for element in valeur]
    return to_jsonable_python(valeur)


def _erreurs(corps: Mapping[str, Any]) -> list[Erreur]:
    return [Erreur.model_validate(erreur) for erreur in corps.get("errors", ())]


def _json(reponse: httpx.Response) -> Mapping[str, Any]:
    """Decode the body; an answer that is not ours (a proxy's page) is an empty one, hence a refusal."""
    try:
        corps = reponse.json()
    except ValueError:
        return {}
    return corps if isinstance(corps, dict) else {}
