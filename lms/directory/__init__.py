"""Partners and support menus: whom to refer to, what they offer, and to whom."""
