"""Decoders of photos and PDF pages, in this process or in a child; ``photo_file`` chooses. May import: ``core``."""
