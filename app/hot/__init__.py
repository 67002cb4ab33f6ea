"""Reads that are asked for often: statements compiled at start and run prepared on asyncpg, routes that cost little."""
