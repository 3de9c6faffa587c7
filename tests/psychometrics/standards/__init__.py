"""Cut scores and how well they sort."""
