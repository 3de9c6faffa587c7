"""Finding the forms of the product as a browser would, and what to put in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from hypothesis import strategies as st

MAX_PAGES = 60
HOSTILE = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "0",
    "-1",
    "9" * 40,
    "1e999",
    "NaN",
    "٣",
    "𠮷野家髙﨑",
    "👩‍👩‍👧‍👦" * 50,
    "\u202egnp.exe",
    "\ufeff\u200b",
    "'; DROP TABLE people; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s%n%(x)s",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "null",
    "[]",
    '{"a": 1}',
    "2026-02-30",
    "00000000-0000-0000-0000-000000000000",
    "x" * 20_001,
)


@dataclass
class PageForm:
    """A form on a page: where it goes, and every value that it offers."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.html = ""
        self.names: set[str] = set()  # of tags and attributes
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.names |= {tag, *given}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "post":
            self._form = PageForm(given.get("action") or "")
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "select":
            self._select = given["name"]
        if tag == "option":
            self._add(self._select, given.get("value") or "")
        if tag in ("input", "textarea", "button") and given.get("name"):
            self._add(given["name"], given.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None

    def _add(self, name, value):
        self._form.fields.setdefault(name, []).append(value)


def read_page(html):
    """Return the links and forms of a page."""
    reader = _Reader()
    reader.html = html
    reader.feed(html)
    return reader


def crawl_pages(client, start="/", pages=MAX_PAGES):
    """Give the address and the content of one page after the other, link by link."""
    waiting, seen = [start], set()
    while waiting and len(seen) < pages:
        path = waiting.pop(0).split("#")[0]
        if path in seen or not path.startswith("/") or path.startswith("/static"):
            continue
        seen.add(path)
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        page = read_page(answer.get_data(as_text=True))
        here = answer.request.path
        waiting += [urljoin(here, link) for link in page.links]
        for form in page.forms:
            form.action = urljoin(here, form.action) if form.action else here
        yield here, page


def crawl(client, start="/", pages=MAX_PAGES):
    """Return one form for each kind of address that a reader's pages post to."""
    found = {
        (form.action, tuple(form.fields)): form
        for _path, page in crawl_pages(client, start, pages)
        for form in page.forms
    }
    return list(found.values())


def fillings(form):
    """Return a strategy for what a broken or hostile page may post."""
    hostile = st.sampled_from(HOSTILE) | st.text(max_size=60)
    choices = {
        name: st.none()
        | st.lists(st.sampled_from(offered) | hostile, min_size=1, max_size=3)
        for name, offered in form.fields.items()
    }
    extra = st.dictionaries(st.text(max_size=10), st.lists(hostile, max_size=2))
    return st.tuples(st.fixed_dictionaries(choices), extra).map(
        lambda both: {
            name: values
            for name, values in {**both[1], **both[0]}.items()
            if values is not None
        }
    )
