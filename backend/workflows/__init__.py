"""Work that must finish, whatever dies: DBOS, in the same PostgreSQL, in a schema of its own."""
