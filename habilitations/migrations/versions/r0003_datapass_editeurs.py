"""Hold what DataPass decides of a grant, the addresses that may use it, and editors with their delegations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FAITS = ("external_id", "public_id", "volume_annuel", "modalites", "plages_ip", "etat_datapass")


def upgrade() -> None:
    """Add columns that leave every grant recorded before as it was, then the tables."""
    op.create_table(
        "editeur",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editeur"),
        sa.UniqueConstraint("siret", name="uq_editeur_siret"),
    )
    op.add_column("habilitation", sa.Column("external_id", sa.String(64)))
    op.add_column("habilitation", sa.Column("public_id", sa.String(64)))
    op.add_column("habilitation", sa.Column("volume_annuel", sa.Integer()))
    op.add_column("habilitation", sa.Column("modalites", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("habilitation", sa.Column("plages_ip", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("habilitation", sa.Column("etat_datapass", sa.String(32)))
    # Written by hand: SQLite knows a foreign key on a new column, Alembic does not know that it does.
    op.execute(
        "ALTER TABLE habilitation ADD COLUMN editeur_id VARCHAR(36)"
        " CONSTRAINT fk_habilitation_editeur_id REFERENCES editeur (id)"
    )
    op.create_index("ix_habilitation_external_id", "habilitation", ["external_id"], unique=True)
    op.create_index("ix_habilitation_public_id", "habilitation", ["public_id"], unique=True)
    op.add_column("jeton", sa.Column("a_retirer", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("editeur_id", sa.String(36), nullable=False),
        sa.Column("habilitation_id", sa.String(36), nullable=False),
        sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoquee_le", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sa.ForeignKeyConstraint(["editeur_id"], ["editeur.id"], name="fk_delegation_editeur_id"),
        sa.ForeignKeyConstraint(["habilitation_id"], ["habilitation.id"], name="fk_delegation_habilitation_id"),
    )
    active = sa.text("revoquee_le IS NULL")
    op.create_index(
        "ix_delegation_active",
        "delegation",
        ["editeur_id", "habilitation_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_table(
        "evenement_datapass",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("external_id", sa.String(64), nullable=False),
        sa.Column("evenement", sa.String(32), nullable=False),
        sa.Column("emis_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recu_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jeton_id", sa.String(36)),
        sa.PrimaryKeyConstraint("id", name="pk_evenement_datapass"),
    )
    op.create_index("ix_evenement_datapass_external_id", "evenement_datapass", ["external_id"])
    op.create_index("ix_evenement_datapass_recu_le", "evenement_datapass", ["recu_le"])


def downgrade() -> None:
    """Drop the tables, then the columns."""
    op.drop_table("evenement_datapass")
    op.drop_table("delegation")
    op.drop_column("jeton", "a_retirer")
    for index in ("ix_habilitation_public_id", "ix_habilitation_external_id"):
        op.drop_index(index, "habilitation")
    for colonne in ("editeur_id", *_FAITS):
        op.drop_column("habilitation", colonne)
    op.drop_table("editeur")
