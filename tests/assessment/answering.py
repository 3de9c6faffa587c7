"""Answering over HTTP: the fields of the form of an item, of any kind."""


def right_fields(item):
    """Return the form fields of an answer that misses nothing."""
    answer = item.body.right_answer
    if item.kind == "ordering":
        return {f"part_{step}": str(n) for n, step in enumerate(answer, start=1)}
    if item.kind in ("matching", "situational"):
        pairs = [pair.split("=", 1) for pair in answer]
        return {f"part_{name}": chosen for name, chosen in pairs}
    return {"answer": list(answer)}
