"""The local certificate authority: signs the real host names that the proxy answers for, on this machine only."""

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?")


class Authority:
    """An authority whose key is kept, mode 0600, in `directory`; made there at first use.

    `bundle` is a file with the system's authorities and ours, `certificate` one with ours alone. What signs is loaded
    when there is something to sign: a start with a state that has its authority goes without.
    """

    def __init__(self, directory: Path, environment: Mapping[str, str] = os.environ) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._key = directory / "authority.key"
        self.certificate = directory / "authority.pem"
        self.bundle = directory / "bundle.pem"
        if not self.certificate.exists():
            from simulator.runtime.certificates import new_authority

            key, certificate = new_authority()
            _write_private(self._key, key)
            _write_private(self.certificate, certificate)
        _write_private(self.bundle, _system_bundle(environment) + b"\n" + self.certificate.read_bytes())

    def context(self, host: str) -> ssl.SSLContext:
        """A server's TLS context for the host name, HTTP/1.1 only; the certificate is signed at first use."""
        if host not in self._contexts:
            file = self._directory / f"{host}.host.pem"
            if not HOST_NAME.fullmatch(host):
                raise ValueError(f"{host!r} is not a host name")
            if not file.exists():
                from simulator.runtime.certificates import signed_host

                signed = signed_host(host, self._key.read_bytes(), self.certificate.read_bytes())
                _write_private(file, signed)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[host] = context
        return self._contexts[host]


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


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that others cannot read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    new.rename(path)
