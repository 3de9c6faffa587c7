"""Sign-in through the provider of an organisation (OpenID Connect)."""
