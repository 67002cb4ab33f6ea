"""Rules and their outcomes on statutory units: read, shared among other areas, put into words."""
