"""Tables: files, data frames and arrays of numbers and categories.

``read_table`` gives a ``Dataset``; ``TableContract`` says what each column is and why; ``raw`` and ``working`` are the
ways from cells to what a model and a network take. pandas is imported when a table is read.
"""
