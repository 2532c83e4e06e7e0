"""The tables of habilitations and tokens. Migrations create them; a test proves that both agree."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
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


#: `sirets` and `scopes` are words separated by spaces, as OAuth writes scopes (RFC 6749 §3.3): one row says everything.
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
)

#: Of a token, only the hash is kept. One successor at most: `succede_a` is unique.
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
)
