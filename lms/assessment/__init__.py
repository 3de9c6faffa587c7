"""Items and the answers that learners gave."""
