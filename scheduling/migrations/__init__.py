"""Alembic migrations; `python -m scheduling migrate` runs them, `serve` does so by itself."""
