"""A roofline → words, Markdown, what rich draws, and a figure."""
