"""Travel engines made from files: networks, tables of minutes, and the choice between them."""
