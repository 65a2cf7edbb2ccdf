"""The GraphiQL console at /graphiql, for people who try the GraphQL API by hand."""

from api.console.routes import CONTENT_SECURITY_POLICY, console_routes

__all__ = ["CONTENT_SECURITY_POLICY", "console_routes"]
