"""Archives: the photos of a large source cut into shards, and what was read on them as one Parquet file a shard."""
