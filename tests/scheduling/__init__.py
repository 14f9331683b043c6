"""Tests of scheduling/: each runs on SQLite and on a real PostgreSQL where storage matters."""
