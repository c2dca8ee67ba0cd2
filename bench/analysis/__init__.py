"""A run and its records → estimates, comparisons, findings, rows and a summary. Pure: no clock, no file."""
