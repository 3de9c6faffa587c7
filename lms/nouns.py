"""Numbers with their nouns, for what commands print: it is in English."""


def some(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun, as in "1 mail" and "2 mails"."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"
