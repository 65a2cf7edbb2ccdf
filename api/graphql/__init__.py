"""The GraphQL door: schema, documents, permissions, limits, mutations."""
