"""Everything in one file: the layers that the OGC face serves, as GIS and data tools keep them."""
