"""Time series: rows of steps, each with one number or several.

``read_series`` gives a ``Dataset``; ``open_series`` says what a file or an array holds; ``padded`` is the one way from
series of any lengths to rows that a network takes.
"""
