"""Whether raters agree: kappa, alpha, W, intraclass correlation."""
