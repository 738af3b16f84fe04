"""Weights of networks: files, deltas, alphabets, what ships with the program."""
