"""Records of two revisions, or of two runs, and a policy → verdicts on their cases, and the exit code."""
