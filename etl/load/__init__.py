"""Writing the content of a source into the public tables: services, bodies, figures."""
