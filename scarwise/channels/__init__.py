"""The doors by which patients' messages come in and replies go out."""
