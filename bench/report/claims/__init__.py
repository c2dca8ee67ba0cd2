"""Resolved claims → Markdown, CSV, JSON and what a terminal shows; the texts that are published are deterministic."""
