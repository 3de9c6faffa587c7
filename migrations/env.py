"""How Alembic reaches the database; the connection is given by `lms db upgrade`."""

from alembic import context


def run() -> None:
    """Run the migrations on the connection that the caller opened."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=context.config.attributes.get("metadata"),
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
