"""Services near a place, in plain Python: what people need, minutes, filters, order, and why nothing fits."""
