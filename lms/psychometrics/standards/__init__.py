"""Where a level begins: cuts by judges and by groups, their error, their accuracy."""
