"""The marketplace as typed Python: task documents, where they are kept, and how answers are checked."""
