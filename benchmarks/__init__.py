"""What the pages cost, beside a bare page and a bare write in the same run."""
