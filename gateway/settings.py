"""The settings, read from the environment (`PARTICULIER_…`). In production, whatever is missing stops the start."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from audit.scelles import chemin_par_defaut
from habilitations.citoyen import Niveau


class Mode(StrEnum):
    """Where the gateway runs."""

    BAC_A_SABLE = "bac_a_sable"
    PRODUCTION = "production"


class Transporteur(StrEnum):
    """Which HTTP client carries the calls to sources."""

    HTTPX = "httpx"
    REQWEST = "reqwest"


class ReglagesFranceConnect(BaseModel):
    """Who we are to FranceConnect (v2): `PARTICULIER_FRANCECONNECT__URL`, and so on."""

    url: str
    """Its origin, below which are `/api/v2/checktoken` and `/api/v2/jwks`."""
    client_id: str
    client_secret: SecretStr
    cle: Path
    """Our RSA private keys (PEM), the one in force first: what FranceConnect answers is encrypted for them."""
    niveau: Niveau = Niveau.EIDAS1
    """How surely a citizen must have been identified."""


def _lire_journal(valeur: object) -> object:
    if not isinstance(valeur, str):
        return valeur
    if valeur.startswith(("postgresql://", "postgres://")):
        return SecretStr(valeur)
    if "://" in valeur:
        message = "a path or postgresql://…"
        raise ValueError(message)
    return Path(valeur)


class Settings(BaseSettings):
    """Everything that changes from one installation to another; nothing has to be set in the sandbox."""

    # A setting that is refused may be a secret: errors do not repeat it.
    model_config = SettingsConfigDict(
        env_prefix="PARTICULIER_", env_nested_delimiter="__", extra="ignore", hide_input_in_errors=True
    )

    mode: Mode = Mode.BAC_A_SABLE
    database_url: str = "sqlite:///var/particulier.db"
    """Habilitations and tokens: `sqlite:///path` or `postgresql://…`."""
    journal: Annotated[Path | SecretStr, BeforeValidator(_lire_journal)] = Path("var/journal.db")
    """The audit, apart from the rest: a SQLite file, or `postgresql://…`, which several servers may share."""
    scelles: Path | None = None
    """The signed states of the journal: a file, or a folder when the journal is on PostgreSQL; beside it by default,
    better on another machine's disk."""
    cles_pseudonymes: Path = Path("var/cles/pseudonymes")
    """Folder of the keys of the pseudonyms, one a month, outside both databases."""
    cle_pseudonymes: Path | None = None
    """The single key of before the keyring: the start is refused while it is set, so that nobody forgets that key."""
    cle_scelles: Path = Path("var/cles/scelles.cle")
    """Key of the seals: 32 bytes, outside both databases."""
    cle_attestation: Path = Path("var/cles/attestation.pem")
    """Ed25519 private key that signs attestations, in PEM."""
    emetteur: str = "https://particulier.api.gouv.fr"
    """Who attests, in production; the sandbox names itself."""
    transport: Transporteur = Transporteur.HTTPX
    redis_url: SecretStr | None = None
    """Where several servers count quotas together: `redis://…`, `rediss://…` or `unix://…`; by default, in memory."""
    demande_url: str = "https://datapass.api.gouv.fr"
    """Where callers are sent to ask for missing scopes."""
    franceconnect: ReglagesFranceConnect | None = None
    """Absent, no citizen is recognised; the sandbox has a FranceConnect of its own."""
    datapass_secret: SecretStr | None = Field(default=None, min_length=32)
    """Shared with DataPass, 32 bytes at least: its events are received only when it is set."""
    proxys: str = ""
    """Addresses or ranges (CIDR) of the proxies whose `X-Forwarded-For` is believed, separated by commas."""
    assets: Path = Path("gateway/static")
    """Where the assets of GraphiQL are built."""
    personas: Path | None = None
    """Another folder of fictitious persons for the sandbox; its own by default."""
    maintenances: bool | None = None
    """Whether the announced maintenance windows of the sources are applied; by default, in production alone."""
    sources: dict[str, dict[str, SecretStr]] = Field(default_factory=dict)
    """Settings of each source: `PARTICULIER_SOURCES__<NOM>__URL`, `…__CLIENT_ID`, `…__CLIENT_SECRET`…"""

    @property
    def bac_a_sable(self) -> bool:
        """Tell whether the open test environment is served."""
        return self.mode is Mode.BAC_A_SABLE

    @property
    def scelles_en_vigueur(self) -> Path:
        """Tell which file, or folder, the seals are in."""
        if isinstance(self.journal, SecretStr):
            return self.scelles or Path("var/scelles")
        return self.scelles or chemin_par_defaut(self.journal)

    @property
    def emetteur_en_vigueur(self) -> str:
        """Tell who attests: nobody may take a fiction for a fact."""
        return "bac-a-sable" if self.bac_a_sable else self.emetteur

    @property
    def maintenances_en_vigueur(self) -> bool:
        """Tell whether a source in maintenance is left alone: simulators never are."""
        return self.mode is Mode.PRODUCTION if self.maintenances is None else self.maintenances


class ReglageManquant(Exception):  # noqa: N818 - the domain's nouns are French
    """The start is refused: one clear French line says what to set."""


def reglage_invalide(refus: ValidationError | SettingsError) -> str:
    """Name in French what was refused, and no value."""
    if isinstance(refus, ValidationError):
        noms = ["__".join(map(str, faute["loc"])) for faute in refus.errors(include_input=False)]
    else:  # what should be JSON is not
        noms = re.findall(r'field "(\w+)"', str(refus))
    fautifs = ", ".join(f"PARTICULIER_{nom.upper()}" for nom in noms)
    return f"Réglage invalide : {fautifs}. docs/demarrer.md dit ce qui est attendu."
