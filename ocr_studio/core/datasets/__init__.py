"""Datasets: which words can be learned from, how they are divided, written, read and reported."""
