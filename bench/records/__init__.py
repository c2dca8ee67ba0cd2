"""The nouns that every room shares, the table of metrics, and the codec to JSON lines."""
