"""Profiles → words, CSV, Markdown, and what rich draws."""
