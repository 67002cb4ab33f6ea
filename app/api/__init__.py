"""The HTTP API: thin routes over the query layer."""
