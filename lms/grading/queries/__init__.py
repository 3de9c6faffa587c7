"""Reading for those who mark: the queue, and sheets."""
