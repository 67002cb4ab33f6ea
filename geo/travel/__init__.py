"""Travel from demand points to services: one sparse table of minutes, whatever engine computed it."""
