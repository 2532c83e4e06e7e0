"""What DataPass says in a webhook: proof that it comes from it, and the few facts that are used. Pure."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec

from habilitations.regles import VOLUME_MAX
from habilitations.siret import siret_valide

#: How far the date of an event may be from now, both ways.
FENETRE = timedelta(minutes=15)
#: The state of the request after each event; DataPass's own word, when it gives one, outweighs it.
_ETATS = {
    "submit": "submitted",
    "approve": "validated",
    "refuse": "refused",
    "request_changes": "changes_requested",
    "revoke": "revoked",
    "archive": "archived",
    "reopen": "draft",
    "transfer": "",
}
_MODELE = "authorization_request/api_particulier"
_PREFIXE = "sha256="
_NOMBRE = re.compile(r"[0-9]{1,10}")

Forme = TypeVar("Forme")
Numero = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Identifiant = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Court = Annotated[str, msgspec.Meta(max_length=256)]
Long = Annotated[str, msgspec.Meta(max_length=10_000)]
Mot = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]+$", max_length=128)]
#: Seconds since 1970, up to 2100.
Secondes = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800)]


class EvenementInvalide(Exception):  # noqa: N818 - the domain's nouns are French
    """The body is not an event of DataPass; nothing of it is repeated."""


class _Enveloppe(msgspec.Struct, frozen=True):
    event: Court = ""
    model_type: Court = ""
    test: bool = False
    fired_at: Secondes | None = None
    model_id: Numero | Identifiant | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Organisation(msgspec.Struct, frozen=True):
    siret: Annotated[str, msgspec.Meta(max_length=14)]


class _Demande(msgspec.Struct, frozen=True):
    public_id: Identifiant | None = None
    state: Annotated[str, msgspec.Meta(max_length=32)] | None = None


class _Transferee(msgspec.Struct, frozen=True):
    organization: _Organisation


class _Formulaire(msgspec.Struct, frozen=True):
    intitule: Long
    scopes: Annotated[list[Mot], msgspec.Meta(max_length=300)]
    modalities: Annotated[list[Mot], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    volumetrie_approximative: int | Long | None = None
    cadre_juridique_nature: Long = ""
    cadre_juridique_url: Long = ""


class _Accordee(msgspec.Struct, frozen=True):
    organization: _Organisation
    data: _Formulaire


@dataclass(frozen=True, slots=True)
class Accord:
    """What an approval grants."""

    intitule: str
    siret: str
    scopes: frozenset[str]
    modalites: tuple[str, ...]
    volume_annuel: int | None
    cadre_juridique: str


@dataclass(frozen=True, slots=True)
class Evenement:
    """One event of the life of a request."""

    id: str
    """SHA-256 of the body: the same delivery, sent again, has the same."""
    nom: str
    emis_le: datetime
    external_id: str
    public_id: str | None
    etat: str | None
    """What the request has become, in DataPass's words; None when that does not change."""
    accord: Accord | None = None
    """Of an approval."""
    siret: str | None = None
    """Of a transfer: the organization that holds the request from now on."""


def signature_valide(secret: bytes, corps: bytes, entete: str | None) -> bool:
    """Tell whether `X-Hub-Signature-256` is that of the raw body, in constant time."""
    attendue = _PREFIXE + hmac.new(secret, corps, hashlib.sha256).hexdigest()
    return hmac.compare_digest(attendue.encode(), (entete or "").encode())


def dans_la_fenetre(evenement: Evenement, maintenant: datetime, fenetre: timedelta = FENETRE) -> bool:
    """Tell whether an event is recent enough not to be a replay."""
    return abs(maintenant - evenement.emis_le) <= fenetre


def lire(corps: bytes) -> Evenement | None:
    """Return the event of a signed body; None for a test call, another API, or an event that changes nothing here.

    Raises:
        EvenementInvalide: the body is not what DataPass sends.
    """
    enveloppe = _decoder(corps, _Enveloppe)
    if enveloppe.test:
        return None
    if not enveloppe.event or not enveloppe.model_type:
        raise EvenementInvalide
    if enveloppe.model_type != _MODELE or enveloppe.event not in _ETATS:
        return None
    if enveloppe.fired_at is None or enveloppe.model_id is None:
        raise EvenementInvalide
    demande = _decoder(enveloppe.data, _Demande)
    return Evenement(
        id=hashlib.sha256(corps).hexdigest(),
        nom=enveloppe.event,
        emis_le=datetime.fromtimestamp(enveloppe.fired_at, UTC),
        external_id=str(enveloppe.model_id),
        public_id=demande.public_id,
        etat=demande.state or _ETATS[enveloppe.event] or None,
        accord=_accord(enveloppe.data) if enveloppe.event == "approve" else None,
        siret=_siret(_decoder(enveloppe.data, _Transferee).organization) if enveloppe.event == "transfer" else None,
    )


def _accord(donnees: msgspec.Raw) -> Accord:
    accordee = _decoder(donnees, _Accordee)
    formulaire = accordee.data
    adresse = f" ({formulaire.cadre_juridique_url})" if formulaire.cadre_juridique_url else ""
    return Accord(
        intitule=_ligne(formulaire.intitule),
        siret=_siret(accordee.organization),
        scopes=frozenset(formulaire.scopes),
        modalites=tuple(dict.fromkeys(formulaire.modalities)),
        volume_annuel=_volume(formulaire.volumetrie_approximative),
        cadre_juridique=_ligne(formulaire.cadre_juridique_nature + adresse),
    )


def _siret(organisation: _Organisation) -> str:
    if not siret_valide(organisation.siret):
        raise EvenementInvalide
    return organisation.siret


def _volume(saisi: int | str | None) -> int | None:
    """Return the declared volume when it is a number: the form takes any text, and we must not guess."""
    chiffres = "".join(str(saisi or "").split())
    volume = int(chiffres) if _NOMBRE.fullmatch(chiffres) else 0
    return volume if 1 <= volume <= VOLUME_MAX else None


def _ligne(texte: str) -> str:
    """Return a text on one line, as operators list it."""
    return " ".join(texte.split())


def _decoder(corps: Any, forme: type[Forme]) -> Forme:
    try:
        return msgspec.json.decode(corps, type=forme)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise EvenementInvalide from None
