"""Bad input from outside: a clear answer each time, never a 500, nothing changed."""
