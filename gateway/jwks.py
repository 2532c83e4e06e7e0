"""GET /.well-known/jwks.json: the public keys that verify attestations, for whoever receives one (RFC 7517)."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import APIRouter
from fastapi.responses import Response

from gateway._jws_attestation import ALGORITHME
from gateway.cle_attestation import CleAttestation

#: A key is published long before it is retired: an hour late is never too late.
_CACHE = "public, max-age=3600"


def jwks(cle: CleAttestation, autres: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write the set of public keys: the one in force, the former ones, then those of other uses."""
    signent = (une.as_dict(private=False, kid=une.thumbprint(), use="sig", alg=ALGORITHME) for une in cle.publiques)
    return orjson.dumps({"keys": [*signent, *autres]})


def build_router(cle: CleAttestation, autres: Sequence[Mapping[str, Any]] = ()) -> APIRouter:
    """Build the route; what it answers is written once."""
    router, corps = APIRouter(include_in_schema=False), jwks(cle, autres)

    @router.get("/.well-known/jwks.json")
    def publier() -> Response:
        return Response(corps, media_type="application/jwk-set+json", headers={"Cache-Control": _CACHE})

    return router
