"""The review: what is due, what a reviewer is shown, and what he or she decides."""
