"""Training of detectors: targets, tiles, steps, evaluation."""
