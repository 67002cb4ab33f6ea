"""Which records of several lists are one service: precision and recall beside a plain Splink model."""

TITLE = "Riconoscere lo stesso servizio in più elenchi"
