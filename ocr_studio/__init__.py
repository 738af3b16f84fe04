"""OCR Studio reads photos with writing on them, lets a person correct what it read, and learns from the corrections.

Five rooms in one line, ``cli -> ui -> jobs -> engine -> core``; each imports only to its right.
"""

__version__ = "0.1.0"
