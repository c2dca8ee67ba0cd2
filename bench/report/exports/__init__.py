"""A run's cases → the files of other tools: one module a format, listed in `formats.FORMATS`. Pure text from values."""
