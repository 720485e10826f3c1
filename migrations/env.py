"""Runs the migrations on the connection that ``kit.database`` hands over."""

from alembic import context

# The imports fill the metadata that new migrations are compared with.
import chat.bridge.models
import chat.casework.models
import chat.models  # noqa: F401
import handoff.canned.models
import handoff.models  # noqa: F401
import identity.models  # noqa: F401
import kb.models  # noqa: F401
from kit.database import Model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
