"""Pages of credentials: the public ones, the holder's and the certifier's."""
