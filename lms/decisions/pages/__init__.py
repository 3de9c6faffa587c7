"""What the pages of cohorts, packs and decisions show."""
