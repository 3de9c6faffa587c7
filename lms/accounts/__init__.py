"""People, their roles, who guides whom, and sign-in."""
