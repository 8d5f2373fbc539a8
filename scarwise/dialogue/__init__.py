"""From what was understood to one message, and the border that every turn passes."""
