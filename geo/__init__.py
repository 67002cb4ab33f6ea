"""Spatial measures of access to services: arrays and frames in, Series and frames out.

Nothing here reads a file, a database, the network or the environment. Geometry is in EPSG:32632 (metres), time in
minutes, population in persons. Every public function checks its arguments at the border and raises
:class:`geo.errors.InvalidInput` with all faults at once; inside, frames are trusted.
"""
