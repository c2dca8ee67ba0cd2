"""YAML → Suite with every complaint at once; factors → cases; cases → trials. Nothing of the subject is imported."""
