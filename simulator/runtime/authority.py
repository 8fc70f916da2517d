"""The local certificate authority: signs the real host names that the proxy answers for, on this machine only."""

import datetime as dt
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Local authority of a cloud simulator: trust it on this machine only"
# Long before and after any virtual time that a work may be given.
VALID_FROM, VALID_UNTIL = dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)  # noqa: DTZ001 - UTC by X.509
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?")


class Authority:
    """An authority whose key is kept, mode 0600, in `directory`; made there at first use.

    `bundle` is a file with the system's authorities and ours, `certificate` one with ours alone.
    """

    def __init__(self, directory: Path, environment: Mapping[str, str] = os.environ) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.certificate = directory / "authority.pem"
        self.bundle = directory / "bundle.pem"
        key_file = directory / "authority.key"
        if not self.certificate.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write_private(key_file, _pem(key))
            _write_private(self.certificate, _own_certificate(key).public_bytes(serialization.Encoding.PEM))
        loaded = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        self._key = loaded
        self._itself = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        _write_private(self.bundle, _system_bundle(environment) + b"\n" + self.certificate.read_bytes())

    def context(self, host: str) -> ssl.SSLContext:
        """A server's TLS context for the host name, HTTP/1.1 only; the certificate is signed at first use."""
        if host not in self._contexts:
            file = self._directory / f"{host}.host.pem"
            if not HOST_NAME.fullmatch(host):
                raise ValueError(f"{host!r} is not a host name")
            if not file.exists():
                key = ec.generate_private_key(ec.SECP256R1())
                signed = self._sign(host, key.public_key()).public_bytes(serialization.Encoding.PEM)
                _write_private(file, _pem(key) + signed)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[host] = context
        return self._contexts[host]

    def _sign(self, host: str, key: ec.EllipticCurvePublicKey) -> x509.Certificate:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        return (
            _builder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]), self._itself.subject, key
            )
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )


def _own_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME[:64])])
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _system_bundle(environment: Mapping[str, str]) -> bytes:
    """The authorities that this machine trusts: as its user said, else the system's; none where there are none."""
    for place in (
        environment.get("SSL_CERT_FILE", ""),
        *SYSTEM_BUNDLES,
        ssl.get_default_verify_paths().cafile,
    ):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    return b""


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that others cannot read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    new.rename(path)
