"""THE WINDOW. The only room that names PySide6.

May import: ``core`` and ``jobs``; never ``engine``, so that the window opens without TensorFlow.
"""
