"""What a message means: pure code inside, Rasa's graph components in `components.py`."""
