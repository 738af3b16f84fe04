"""Synthetic writing: words and boards drawn by our own code, with the truth of what stands where.

Seeded: the same numbers come out every time. Needs neither TensorFlow nor a font. May import: ``core``.
"""
