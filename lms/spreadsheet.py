"""Text that a spreadsheet must not take for a formula."""

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def inert_cell(text: str) -> str:
    """Return text behind an apostrophe where a spreadsheet would run it.

    References
    ----------
    .. [1] OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
