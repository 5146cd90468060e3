"""Texts: columns of tables, text files in class folders, and lists of text.

``read_texts`` and ``read_text_folder`` give a ``Dataset``; ``TextContract`` says how a text becomes a row of token
numbers; ``words`` is the one way from text to tokens, which the layers of an exported model repeat.
"""
