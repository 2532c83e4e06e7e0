"""Attest an answer: sign what it says, to whom, about which question; verify, far from here, that it still says so.

Exactness: the bytes of `data` and `errors` are written once, and stand as they are both in the answer and in what is
signed. To verify is to compare their values, numbers exactly: an answer saved with another layout is still the same.
`errors` is signed too: without it, nothing would tell any more why a value is null.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from gateway._json_exact import JsonIllisible, first_difference, read
from gateway._jws_attestation import CONTENU_MAX, AttestationRefusee, open_signed, sign
from gateway.cle_attestation import CleAttestation
from graph.errors import EtatSource, RequeteInvalide, RequeteTropCouteuse

#: Bytes of a saved answer, at most: its layout and its escapes make it longer than what is signed.
FICHIER_MAX = 16 * 1024 * 1024


class BlocAtteste(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is known of one bloc."""

    chemin: str
    """Keys and ranks separated by dots, as in `Particulier.sources`."""
    source: str
    etat: EtatSource
    repondu_le: Annotated[datetime, msgspec.Meta(tz=True)] | None
    """When the source answered, in UTC; None when it was not asked, or did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constat:
    """What is attested beside the answer itself; `operation` is its hash, in which no value is."""

    emetteur: str
    instant: datetime
    requete: str
    destinataire: str
    operation: str
    blocs: tuple[BlocAtteste, ...]


@dataclass(frozen=True, slots=True)
class Preuve:
    """What an attestation that holds proves."""

    constat: Constat
    reponse: bool
    """Whether an answer was there to be compared; False when the JWS was alone."""


#: NOTE: `Raw | None` reads nothing but null.
_SANS = msgspec.Raw()


class _Charge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The payload, as it is signed."""

    iss: str
    iat: Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
    jti: str
    destinataire: str
    operation: str
    blocs: tuple[BlocAtteste, ...]
    data: msgspec.Raw
    errors: msgspec.Raw = _SANS


def demandee(headers: Mapping[str, str]) -> bool:
    """Tell whether `X-Attestation` asks for one. Raise RequeteInvalide when it asks for something else."""
    forme = headers.get("x-attestation")
    if forme is not None and forme.strip() != "jws":
        raise RequeteInvalide("X-Attestation n'accepte que « jws ».")
    return forme is not None


def attester(constat: Constat, cle: CleAttestation, data: bytes, errors: bytes | None = None) -> str:
    """Return the compact JWS of an answer.

    Args:
        constat: what is attested beside it.
        cle: what signs.
        data: the JSON of `data`, byte for byte as the answer bears it.
        errors: that of `errors`; None when the answer has none.

    Raises:
        RequeteTropCouteuse: the answer is too big to be attested.
    """
    charge = _Charge(
        iss=constat.emetteur,
        iat=int(constat.instant.timestamp()),
        jti=constat.requete,
        destinataire=constat.destinataire,
        operation=constat.operation,
        blocs=constat.blocs,
        data=msgspec.Raw(data),
        errors=_SANS if errors is None else msgspec.Raw(errors),
    )
    contenu = msgspec.json.encode(charge)
    if len(contenu) > CONTENU_MAX:
        raise RequeteTropCouteuse(f"Une réponse attestée ne dépasse pas {CONTENU_MAX // 1024**2} Mio.")
    return sign(contenu, cle)


def verifier(fichier: bytes, jwks: bytes) -> Preuve:
    """Return what an attestation proves; neither a network nor a clock is needed.

    Args:
        fichier: the whole answer in JSON, however it was saved, or the compact JWS alone.
        jwks: the set of public keys.

    Raises:
        AttestationRefusee: the signature does not hold, or the answer is not what was signed.
    """
    if len(fichier) > FICHIER_MAX:
        raise AttestationRefusee(f"Le fichier dépasse {FICHIER_MAX // 1024**2} Mio : donnez une réponse, seule.")
    reponse = _json(fichier) if fichier.lstrip().startswith(b"{") else None
    contenu = open_signed(fichier.strip() if reponse is None else _jws(reponse), jwks)
    try:
        charge = msgspec.json.decode(contenu, type=_Charge)
    except msgspec.DecodeError:
        raise AttestationRefusee("La signature est valable, mais n'est pas celle d'une attestation.") from None
    if reponse is not None:
        _compare(charge, reponse)
    return Preuve(_constat(charge), reponse is not None)


def _constat(charge: _Charge) -> Constat:
    return Constat(
        emetteur=charge.iss,
        instant=datetime.fromtimestamp(charge.iat, UTC),
        requete=charge.jti,
        destinataire=charge.destinataire,
        operation=charge.operation,
        blocs=charge.blocs,
    )


def _compare(charge: _Charge, reponse: Mapping[str, Any]) -> None:
    """Refuse an answer that is not what was signed: extensions aside, everything in it was."""
    signe = {nom: _json(bytes(brut)) for nom, brut in (("errors", charge.errors), ("data", charge.data)) if brut}
    lu = {nom: valeur for nom, valeur in reponse.items() if nom != "extensions"}
    if (chemin := first_difference(signe, lu)) is not None:
        raise AttestationRefusee(
            f"La signature est valable, mais la réponse n'est pas celle qui a été signée : première différence à "
            f"« {chemin} »."
        )


def _json(octets: bytes) -> Any:
    try:
        return read(octets)
    except JsonIllisible:
        raise AttestationRefusee("Le fichier n'est pas du JSON lisible : en UTF-8, sans clé répétée.") from None


def _jws(reponse: Mapping[str, Any]) -> bytes:
    extensions = reponse.get("extensions")
    jws = extensions.get("attestation") if isinstance(extensions, dict) else None
    if not isinstance(jws, str):
        raise AttestationRefusee(
            "La réponse ne porte pas d'attestation (extensions.attestation) : demandez-la avec « X-Attestation: jws »."
        )
    # Whatever is not ASCII is no JWS either.
    return jws.encode("ascii", "replace")
