"""The tables of habilitations, tokens and delegations. Migrations create them; a test proves that both agree."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

#: Constraints are named, so that a later migration can change them on both databases.
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def instant(valeur: str | datetime) -> datetime:
    """Return an instant in UTC, as a driver gives it: SQLite keeps a text without a zone."""
    lu = datetime.fromisoformat(valeur) if isinstance(valeur, str) else valeur
    return lu.replace(tzinfo=UTC) if lu.tzinfo is None else lu.astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: "Dialect") -> datetime | None:
        """Bring an aware instant to UTC. Raise ValueError on a naive one: nobody knows its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored instant must carry its time zone"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: "Dialect") -> datetime | None:  # noqa: ARG002 - the signature of SQLAlchemy
        """Return an aware instant in UTC."""
        return value and instant(value)


#: A software company that questions on behalf of administrations.
EDITEUR = Table(
    "editeur",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("nom", Text, nullable=False),
    Column("siret", String(14), nullable=False, unique=True),
    Column("cree_le", Instant, nullable=False),
)

#: `sirets`, `scopes`, `modalites` and `plages_ip` are words separated by spaces, as OAuth writes scopes (RFC 6749
#: §3.3): one row says everything. `external_id` and `public_id` are those of the request in DataPass. A grant with an
#: editor is the editor's own: it opens nothing but the delegations.
HABILITATION = Table(
    "habilitation",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("intitule", Text, nullable=False),
    Column("sirets", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("cadre_juridique", Text, nullable=False),
    Column("debut", Instant, nullable=False),
    Column("fin", Instant),
    Column("suspendue_le", Instant),
    Column("bac_a_sable", Boolean, nullable=False),
    Column("personnes_par_requete", Integer, nullable=False, server_default="1"),
    Column("external_id", String(64), index=True, unique=True),
    Column("public_id", String(64), index=True, unique=True),
    Column("volume_annuel", Integer),
    Column("modalites", Text, nullable=False, server_default=text("''")),
    Column("plages_ip", Text, nullable=False, server_default=text("''")),
    Column("etat_datapass", String(32)),
    Column("editeur_id", ForeignKey(EDITEUR.c.id)),
    Column("franceconnect_client_id", String(255)),
)

#: Of a token, only the hash is kept. One successor at most: `succede_a` is unique. One still to be collected has the
#: hash of a text that nobody knows.
JETON = Table(
    "jeton",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("habilitation_id", ForeignKey(HABILITATION.c.id), nullable=False, index=True),
    Column("empreinte", LargeBinary, nullable=False, unique=True),
    Column("emis_le", Instant, nullable=False),
    Column("expire_le", Instant, nullable=False),
    Column("revoque_le", Instant),
    Column("succede_a", ForeignKey("jeton.id"), unique=True),
    Column("a_retirer", Boolean, nullable=False, server_default=false()),
    Column("suspendu_le", Instant),
)

#: An administration lets an editor use its grant: once at a time, until it is revoked.
DELEGATION = Table(
    "delegation",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("editeur_id", ForeignKey(EDITEUR.c.id), nullable=False),
    Column("habilitation_id", ForeignKey(HABILITATION.c.id), nullable=False),
    Column("creee_le", Instant, nullable=False),
    Column("revoquee_le", Instant),
)
_ACTIVE = DELEGATION.c.revoquee_le.is_(None)
Index(
    "ix_delegation_active",
    DELEGATION.c.editeur_id,
    DELEGATION.c.habilitation_id,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

#: What DataPass told and what it was answered: `id` is the SHA-256 of the body, so that a delivery counts once.
EVENEMENT_DATAPASS = Table(
    "evenement_datapass",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("external_id", String(64), nullable=False, index=True),
    Column("evenement", String(32), nullable=False),
    Column("emis_le", Instant, nullable=False),
    Column("recu_le", Instant, nullable=False, index=True),
    Column("jeton_id", String(36)),
)
