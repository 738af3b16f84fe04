"""The files of a dataset in each layout: what they say, checked as they come from strangers."""
