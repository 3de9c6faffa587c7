"""What every page shares: session, access, forms, language, layout, errors."""
