"""Jobs for datasets, training and evaluation."""
