"""Whom an installation trusts to sign people in: an OpenID Connect provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lms.errors import SettingsError, message
from lms.variables import switch

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """One provider and how it knows us.

    Attributes
    ----------
    issuer : str
        Its permanent address, under which ``/.well-known/openid-configuration`` lies.
    name_ja, name_en : str
        What the button calls it.
    is_second_factor : bool
        Whether its word that several factors were shown (``amr`` with ``mfa``, RFC
        8176) spares people the code here.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name_ja: str = "組織のアカウント"
    name_en: str = "your organisation's account"
    is_second_factor: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that would fail later or give secrets away on the way."""
        parts = urlsplit(self.issuer)
        is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
        if not is_safe or not parts.hostname:
            raise SettingsError(message("LMS_OIDC_ISSUER must begin with https://."))
        if not self.client_id or not self.client_secret:
            raise SettingsError(
                message(
                    "LMS_OIDC_ISSUER needs LMS_OIDC_CLIENT_ID and "
                    "LMS_OIDC_CLIENT_SECRET."
                )
            )


def read_oidc(env: Mapping[str, str]) -> OidcSettings | None:
    """Return the provider of an installation, or nothing when none is set."""
    is_second_factor = switch(env, "LMS_OIDC_IS_SECOND_FACTOR")
    issuer = env.get("LMS_OIDC_ISSUER", "")
    if not issuer:
        return None
    names = {
        key: env[name]
        for key, name in (
            ("name_ja", "LMS_OIDC_NAME_JA"),
            ("name_en", "LMS_OIDC_NAME_EN"),
        )
        if env.get(name)
    }
    return OidcSettings(
        issuer=issuer,
        client_id=env.get("LMS_OIDC_CLIENT_ID", ""),
        client_secret=env.get("LMS_OIDC_CLIENT_SECRET", ""),
        is_second_factor=is_second_factor,
        **names,
    )
