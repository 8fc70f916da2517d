"""JSON Web Tokens signed with RS256, and the keys that verify them: pure (RFC 7515, 7517, 7518, 7519)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALGORITHM = "RS256"


class JwtInvalid(Exception):
    """The text is no JSON Web Token in compact form; the message says why."""


@dataclass(frozen=True)
class Jwt:
    """A token taken apart; `signed` is what the signature is over. Nothing of it is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def parse(token: str) -> Jwt:
    """Take a token apart. Raises JwtInvalid."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise JwtInvalid(f"it has {len(parts)} parts, not 3")
    return Jwt(
        _object(parts[0], "header"),
        _object(parts[1], "claims"),
        f"{parts[0]}.{parts[1]}".encode(),
        _bytes(parts[2], "signature"),
    )


def sign(claims: Mapping[str, Any], private_key: str) -> str:
    """The token of the claims, signed with an RSA key in PEM; its header names the key by `kid` and `x5t`."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    key, thumbprint = _private(private_key), _thumbprint(private_key)
    header = {"typ": "JWT", "alg": ALGORITHM, "x5t": _text(thumbprint), "kid": thumbprint.hex().upper()}
    signed = f"{_text(_json(header))}.{_text(_json(claims))}"
    return f"{signed}.{_text(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def public_key(private_key: str) -> dict[str, str]:
    """The JSON Web Key that verifies what `sign` signs with this key."""
    thumbprint = _thumbprint(private_key)
    numbers = _private(private_key).public_key().public_numbers()
    return {
        "kty": "RSA",
        "alg": ALGORITHM,
        "use": "sig",
        "kid": thumbprint.hex().upper(),
        "x5t": _text(thumbprint),
        "n": _text(_number_bytes(numbers.n)),
        "e": _text(_number_bytes(numbers.e)),
    }


def key_of(token: Jwt, keys: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The RSA key of a key set that the token's header names; the only one where it names none."""
    usable = [key for key in keys if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"]
    if "kid" not in token.header:
        return usable[0] if len(usable) == 1 else None
    return next((key for key in usable if key.get("kid") == token.header["kid"]), None)


def verified(token: Jwt, key: Mapping[str, Any]) -> bool:
    """Whether the token is signed with RS256 by the owner of the JSON Web Key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    if token.header.get("alg") != ALGORITHM:
        return False
    try:
        modulus, exponent = (int.from_bytes(_bytes(str(key[name]), name)) for name in ("n", "e"))
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        public.verify(token.signature, token.signed, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, KeyError, ValueError, JwtInvalid):
        return False
    return True


def new_private_key() -> str:
    """A new RSA key of 2048 bits in PEM (PKCS 8, not encrypted), from the system's randomness."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def _private(pem: str) -> Any:
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(pem.encode(), password=None)


def _thumbprint(pem: str) -> bytes:
    """SHA-1 of the public key, where a service with a certificate has that of the certificate."""
    from cryptography.hazmat.primitives import serialization

    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha1(_private(pem).public_key().public_bytes(*form), usedforsecurity=False).digest()


def _object(part: str, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_bytes(part, what))
    except ValueError as error:
        raise JwtInvalid(f"its {what} is not JSON") from error
    if not isinstance(found, dict):
        raise JwtInvalid(f"its {what} is no object")
    return found


def _bytes(part: str, what: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise JwtInvalid(f"its {what} is not base64url") from error


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _number_bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)
