"""The parts of the private PostGIS cluster; ``etl.store.embedded`` puts them together."""
