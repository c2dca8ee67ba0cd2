"""Runs ↔ folders: a folder a run, a line a record, flushed to disk before the next. Readers never run code."""
