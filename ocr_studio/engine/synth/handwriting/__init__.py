"""Synthetic handwriting: fonts, recorded strokes, procedural writers, pens."""
