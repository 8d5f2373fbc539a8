"""What the assistant knows: topics, documents, answers, reviews and how patients ask."""
