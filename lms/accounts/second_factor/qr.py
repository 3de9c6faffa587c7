"""The picture from which an app takes its secret."""

from io import BytesIO

import segno
from pyotp import TOTP

_ISSUER = "Tsunagu"  # the app lists it beside the address, whatever the language
_QUIET_MODULES = 4  # ISO/IEC 18004, section 9.1
_PIXELS = 5


def setup_address(secret: str, account: str) -> str:
    """Return the ``otpauth:`` address that apps read."""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def draw_qr(address: str) -> bytes:
    """Return an SVG, dark on white in every theme so that cameras can read it."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", scale=_PIXELS, border=_QUIET_MODULES, dark="#000", light="#fff"
    )
    return out.getvalue()
