"""Tasks: what differs between kinds of data and kinds of answers."""
