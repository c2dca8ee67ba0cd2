"""Estimates → figures: inert values, then SVG by matplotlib, which only `drawing` and what it imports load."""
