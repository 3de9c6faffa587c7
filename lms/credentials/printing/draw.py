"""Setting a certificate in type with Typst; the fonts come from the package index."""

import json
from dataclasses import asdict
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pylopdf_fonts_jp
import segno
import typst

from lms.credentials.printing.certificate import PrintedCertificate

_TEMPLATE = Path(__file__).with_name("certificate.typ")
_STANDARD: Final = (
    "ua-1"  # PDF/UA-1 (ISO 14289-1): it refuses a page that cannot be read out
)


def draw_certificate(certificate: PrintedCertificate) -> bytes:
    """Return the page as a tagged PDF (PDF/UA-1).

    What people are called goes in as data and is never read as a command of Typst;
    no file can be read but those beside the template.
    """
    data = {**asdict(certificate), "qr": _qr(certificate.verify_url)}
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"certificate": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[_STANDARD],
    )


@cache
def _fonts() -> typst.Fonts:
    """Return the two typefaces; to find them again for each page takes 80 ms."""
    folder = Path(pylopdf_fonts_jp.sans_path()).parent
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder)],
    )


def _qr(address: str) -> str:
    """Return the address as a picture for cameras: dark on white, with its margin."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=4, light="#fff")
    return out.getvalue().decode()
