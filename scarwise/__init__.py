"""Answers patients' questions about scars and scar revision with vetted sentences only."""
