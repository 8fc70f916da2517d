"""What a work can connect to, and the variables that tell its programs so."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

AWS_PORT, AZURE_DEVOPS_PORT, PROXY_PORT = 4566, 4567, 3128
"""Inside a work the simulator is always at these ports of loopback, wherever it listens on the host."""

WRITABLE_VENV, IMAGE_VENV, PROGRAM = "/opt/venv", "/opt/image", "/opt/program"
"""Where a work sees its own virtual environment, that of its image, and the image's program."""

CERTIFICATES = "/etc/simulator/ca-bundle.pem"
"""Where a work sees the system's certificate authorities with the simulator's own appended."""

SEARCH_PATH = (
    f"{WRITABLE_VENV}/bin:{IMAGE_VENV}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
"""PATH of every work that does not set its own."""

End = int | str
"""One end on the host: a port of 127.0.0.1, or the path of a socket file."""


@dataclass(frozen=True)
class Reach:
    """Where the simulator's two clouds and its proxy listen on the host, and the bundle that trusts the proxy.

    `certificates` is the system's bundle with the proxy's authority appended (`Authority.bundle`). Without a proxy
    a work reaches the two clouds by `http://localhost:4566` and `:4567` only.
    """

    aws: End
    azure_devops: End
    proxy: End | None = None
    certificates: Path | None = None

    def ends(self) -> dict[int, End]:
        """Port inside the work -> end on the host."""
        ends: dict[int, End] = {AWS_PORT: self.aws, AZURE_DEVOPS_PORT: self.azure_devops}
        return ends if self.proxy is None else {**ends, PROXY_PORT: self.proxy}


def client_variables(aws_port: int, proxy_port: int | None, certificates: str | None) -> dict[str, str]:
    """What points unmodified clients at the simulator: AWS endpoint, proxy, and the certificates to trust.

    The names are those of botocore (AWS_*), curl, requests, pip, git, OpenSSL and Node.js. Works get them with the
    ports and paths of their inside; `simulator run` on the host gets them with the real ones.
    """
    variables = {"AWS_ENDPOINT_URL": f"http://localhost:{aws_port}", "AWS_EC2_METADATA_DISABLED": "true"}
    if proxy_port is not None:
        proxy = f"http://127.0.0.1:{proxy_port}"
        variables |= dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy)
        variables |= dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1")
        variables["NODE_USE_ENV_PROXY"] = "1"  # for fetch, from Node.js 22.21 and 24.5 on
    if certificates is not None:
        names = (
            "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "PIP_CERT", "GIT_SSL_CAINFO",
            "NODE_EXTRA_CA_CERTS",
        )  # fmt: skip
        variables |= dict.fromkeys(names, certificates)
    return variables


def work_variables(
    reach: Reach, hostname: str, image: Mapping[str, str], own: Mapping[str, str], *, isolated: bool = False
) -> dict[str, str]:
    """All variables of a work: the sandbox's defaults, then the image's, then its own; nothing of the host's.

    An `isolated` work gets none that points a client anywhere.
    """
    defaults = {
        "PATH": SEARCH_PATH,
        "HOME": "/root",
        "HOSTNAME": hostname,
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",  # small fits on few cores are faster so, and works run side by side
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "GIT_TERMINAL_PROMPT": "0",
        "TAR_OPTIONS": "--no-same-owner",  # where the simulator is no root, the sandbox has one owner to give
    }
    if isolated:
        return defaults | dict(image) | dict(own)
    proxy_port = None if reach.proxy is None else PROXY_PORT
    certificates = None if reach.certificates is None else CERTIFICATES
    return defaults | client_variables(AWS_PORT, proxy_port, certificates) | dict(image) | dict(own)
