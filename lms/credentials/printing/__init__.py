"""The certificate on paper: one page, PDF/UA-1, in Japanese or English."""
