"""Safe HTML, mostly from Markdown of authors: the only module that makes `Markup`.

Learners' text never comes here: templates escape it.
"""

import re

import nh3
from markdown import Markdown
from markupsafe import Markup

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
_RUBY = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")


def _slug(value: str, separator: str) -> str:
    """Keep Japanese letters in heading ids; the library's own turns them to `_1`."""
    return re.sub(r"[^\w]+", separator, value.strip().lower()).strip(separator)


def render_markdown(text: str) -> str:
    """Return sanitised HTML of an author's Markdown; `{漢字|かんじ}` becomes ruby."""
    renderer = Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={"toc": {"slugify": _slug}},
        output_format="html",
    )
    with_ruby = _RUBY.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", text)
    return nh3.clean(
        renderer.convert(with_ruby),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel="noopener noreferrer",
    )


def trusted_html(html: str) -> Markup:
    """Mark HTML that `render_markdown` made and a content version has kept."""
    return Markup(html)  # noqa: S704 - sanitised by nh3 at publishing


def trusted_message(text: str) -> Markup:
    """Mark a message of our catalogues; values filled in later are escaped."""
    return Markup(text)  # noqa: S704 - written by us
