"""What was sent, in words: for pages that cannot take it and give it back."""

from typing import Any

from flask_wtf import FlaskForm

_NOT_SHOWN = ("HiddenField", "IntegerField", "CSRFTokenField")


def sent_lines(form: FlaskForm) -> list[tuple[str, str]]:
    """Return label and words of each field that was filled in, to be copied."""
    lines = []
    for field in form:
        if field.type in _NOT_SHOWN:
            continue
        choices = getattr(field, "choices", None) or []
        labels = {choice.value: choice.label for choice in choices}
        given = field.data if isinstance(field.data, list) else [field.data]
        words = [_word(labels, value) for value in given if value]
        if words:
            lines.append((str(field.label.text), "\n".join(words)))
    return lines


def _word(labels: dict[Any, Any], value: Any) -> str:
    return "✓" if value is True else str(labels.get(value, value))
