"""`omnisales schema`: the GraphQL schema as text."""

import typer


def schema() -> None:
    """Print the GraphQL schema (SDL). Needs no database."""
    from api.graphql.schema import schema as graphql_schema

    typer.echo(graphql_schema.as_str())
