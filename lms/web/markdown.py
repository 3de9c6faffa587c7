"""Safe HTML, mostly from Markdown of authors: the only module that makes `Markup`.

Learners' text never comes here: templates escape it.
"""

import re

import nh3
from markdown import Markdown
from markupsafe import Markup, escape

_EXTENSIONS = (
    "tables",
    "fenced_code",
    "footnotes",
    "attr_list",
    "admonition",
    "sane_lists",
    "def_list",
    "toc",
)
_TAGS = nh3.ALLOWED_TAGS | {"ruby", "rt", "rp", "details", "summary", "section"}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"class", "id", "lang"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
# {漢字|かんじ} a difficult word, {漢字||かんじ} an easy one.
_RUBY = re.compile(r"\{([^{}|]+)\|(\|?)([^{}|]+)\}")


def _slug(value: str, separator: str) -> str:
    """Keep Japanese letters in heading ids; the library's own turns them to `_1`."""
    return re.sub(r"[^\w]+", separator, value.strip().lower()).strip(separator)


def render_markdown(text: str) -> str:
    """Return sanitised HTML of an author's Markdown, with readings as ruby."""
    renderer = Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={"toc": {"slugify": _slug}},
        output_format="html",
    )
    return nh3.clean(
        renderer.convert(_RUBY.sub(_ruby, text)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel="noopener noreferrer",
    )


def _ruby(found: re.Match[str]) -> str:
    """Return the ruby of one word; what is easy says so, and readers may hide it."""
    word, easy, reading = found.groups()
    attribute = ' class="ruby--easy"' if easy else ""
    return f"<ruby{attribute}>{word}<rp>（</rp><rt>{reading}</rt><rp>）</rp></ruby>"


def has_readings(text: str) -> bool:
    """Say whether a text, or HTML made of one, has readings to show or hide."""
    return "<ruby" in text or _RUBY.search(text) is not None


def without_readings(text: str) -> str:
    """Return a text as plain words."""
    return _RUBY.sub(r"\1", text) if "|" in text else text


def with_readings(text: str) -> Markup:
    """Return plain text, escaped, with its readings as ruby."""
    escaped = str(escape(text))
    return Markup(_RUBY.sub(_ruby, escaped))  # noqa: S704 - escaped before


def trusted_html(html: str) -> Markup:
    """Mark HTML that `render_markdown` made and a content version has kept."""
    return Markup(html)  # noqa: S704 - sanitised by nh3 at publishing


def trusted_message(text: str) -> Markup:
    """Mark a message of our catalogues; values filled in later are escaped."""
    return Markup(text)  # noqa: S704 - written by us
