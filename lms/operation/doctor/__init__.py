"""What is configured, what answers, what is missing, and how to mend it."""
