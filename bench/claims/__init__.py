"""Claims, published runs and observed facts → verdicts with their evidence. Pure: no clock, no file, no environment."""
