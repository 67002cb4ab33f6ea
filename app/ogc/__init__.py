"""OGC API Features and Tiles under ``/ogc``: views of the store, shown with tipg's collections."""
