"""bench: measures neural networks the way an experimenter would."""
