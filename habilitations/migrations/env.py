"""Run by Alembic: apply the revisions on the connection that `migrer` opened, in its transaction."""

from alembic import context

from habilitations.migrations import TABLE_DES_VERSIONS
from habilitations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=TABLE_DES_VERSIONS,
)
with context.begin_transaction():
    context.run_migrations()
