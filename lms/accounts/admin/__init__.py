"""Administration of people: roles, states, who guides whom, organisations."""
