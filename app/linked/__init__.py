"""Linked open data: the catalogue of the data sets (DCAT-AP_IT), services (CPSV-AP_IT), what pages tell machines."""
