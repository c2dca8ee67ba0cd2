"""A figure → SVG by matplotlib; nothing but `bench.api.drawing` loads this package, and it only where it draws."""
