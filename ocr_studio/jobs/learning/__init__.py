"""Jobs of learning: datasets, training, evaluation."""
