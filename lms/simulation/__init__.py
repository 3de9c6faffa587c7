"""Cases: what they may say, how they are played, and what a play shows."""
