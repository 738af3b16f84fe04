"""Training of recognizers: data, batches, steps, checkpoints, comparison."""
