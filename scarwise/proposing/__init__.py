"""From a new document to drafts that an author writes answers from; nothing served is touched."""
