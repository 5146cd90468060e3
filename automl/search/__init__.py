"""Which network next, how long it may take, and when to stop."""
