"""Rows of several inputs and outputs: taken apart by input, read by each kind's own reader, and put together again."""
