"""The composition: the only place where plan, measure, store, analysis and report meet. No terminal is needed here."""
