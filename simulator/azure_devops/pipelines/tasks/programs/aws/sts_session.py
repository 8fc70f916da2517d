"""AssumeRole and AssumeRoleWithWebIdentity by hand: a whole SDK takes longer to import than the request takes.

Source: AWS General Reference, "Create a signed AWS API request"; STS API reference.
"""

import hashlib
import hmac
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

CAUSE_HEADER = "x-simulator-cause"
GLOBAL_REGION = "us-east-1"
_SPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"


class Keys(NamedTuple):
    """An access key, its secret, and the token of a session ("" for none)."""

    access_key: str
    secret_key: str
    token: str = ""


class StsRefused(Exception):
    """STS refused, or did not answer; the text is `Code: message`, as the SDK that the toolkit uses has it."""


def assume_role(keys: Keys, wanted: dict[str, str]) -> Keys:
    """The keys of a session of the role in `wanted` (RoleArn, RoleSessionName...), from the global endpoint.

    Raises StsRefused.
    """
    url = _endpoint("https://sts.amazonaws.com")
    body = _body("AssumeRole", wanted)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return _session(_send(url, body, signed(keys, GLOBAL_REGION, urlsplit(url).netloc, body, stamp)))


def assume_role_with_web_identity(region: str, wanted: dict[str, str]) -> tuple[Keys, str]:
    """The keys of a session for a token (RoleArn, RoleSessionName, WebIdentityToken...), and its ARN.

    Nobody signs the request. Raises StsRefused.
    """
    url = _endpoint(f"https://sts.{region}.amazonaws.com" if region else "https://sts.amazonaws.com")
    root = _send(url, _body("AssumeRoleWithWebIdentity", wanted), {"content-type": _FORM})
    return _session(root), root.findtext(f".//{_SPACE}AssumedRoleUser/{_SPACE}Arn", "")


def signed(keys: Keys, region: str, host: str, body: bytes, stamp: str) -> dict[str, str]:
    """The headers of a signed POST to `/` of STS at `stamp` (`20261122T140000Z`)."""
    headers = {
        "content-type": _FORM,
        "host": host,
        "x-amz-date": stamp,
        **({"x-amz-security-token": keys.token} if keys.token else {}),
    }
    names = ";".join(sorted(headers))
    canonical_headers = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{canonical_headers}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/sts/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys.secret_key}".encode()
    for part in (stamp[:8], region, "sts", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}"}


def _endpoint(usual: str) -> str:
    return os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL") or usual


def _body(action: str, wanted: dict[str, str]) -> bytes:
    return urlencode({"Action": action, "Version": "2011-06-15", **wanted}).encode()


def _send(url: str, body: bytes, headers: dict[str, str]) -> ET.Element:
    if because := os.environ.get("SIMULATOR_CAUSE"):
        headers = {**headers, CAUSE_HEADER: because}
    request = urllib.request.Request(f"{url.rstrip('/')}/", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return ET.fromstring(answer.read())
    except urllib.error.HTTPError as error:
        raise StsRefused(_refusal(error.read(), error.code)) from error
    except OSError as error:
        raise StsRefused(f"{url} does not answer: {error}") from error


def _refusal(body: bytes, status: int) -> str:
    root = ET.fromstring(body)
    code, message = (
        root.findtext(f".//{_SPACE}{name}") or root.findtext(f".//{name}") for name in ("Code", "Message")
    )
    return f"{code or status}: {message or ''}"


def _session(root: ET.Element) -> Keys:
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    return Keys(*(root.findtext(f".//{_SPACE}{name}", "") for name in names))
