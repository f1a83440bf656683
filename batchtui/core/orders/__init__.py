"""What the user can have done to things, each with its question and what it costs."""
