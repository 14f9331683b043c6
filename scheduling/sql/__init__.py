"""Our own tables, on SQLite and on PostgreSQL: one code path, SQLAlchemy Core."""
