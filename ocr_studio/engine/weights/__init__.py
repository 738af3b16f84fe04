"""Weights of networks: files, differences, alphabets, and the published weights."""
