"""How the outcome of a gate is told: Gate → sentences, Markdown, annotations, JUnit, JSON, a terminal's table."""
