"""Runs → pages of one file each, by jinja2; nothing but `bench.api.pages` loads this package, when it writes them."""
