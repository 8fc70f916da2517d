"""AssumeRole by hand, signed with Signature Version 4: a whole SDK takes longer to import than the request takes.

Source: AWS General Reference, "Create a signed AWS API request"; STS API reference, "AssumeRole".
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
_SPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"


class Keys(NamedTuple):
    """An access key, its secret, and the token of a session ("" for none)."""

    access_key: str
    secret_key: str
    token: str = ""


class AssumeRoleFailed(Exception):
    """STS refused, or did not answer; the text is its own."""


def assume_role(keys: Keys, region: str, wanted: dict[str, str]) -> Keys:
    """The keys of a session of the role in `wanted` (RoleArn, RoleSessionName...). Raises AssumeRoleFailed."""
    body = urlencode({"Action": "AssumeRole", "Version": "2011-06-15", **wanted}).encode()
    endpoint = os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")
    url = endpoint or f"https://sts.{region}.amazonaws.com"
    now = datetime.now(UTC)
    headers = signed(keys, region, urlsplit(url).netloc, body, now.strftime("%Y%m%dT%H%M%SZ"))
    if because := os.environ.get("SIMULATOR_CAUSE"):
        headers[CAUSE_HEADER] = because
    request = urllib.request.Request(f"{url.rstrip('/')}/", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            root = ET.fromstring(answer.read())
    except urllib.error.HTTPError as error:
        raise AssumeRoleFailed(_refusal(error.read(), error.code)) from error
    except OSError as error:
        raise AssumeRoleFailed(f"{url} does not answer: {error}") from error
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    return Keys(*(root.findtext(f".//{_SPACE}{name}", "") for name in names))


def _refusal(body: bytes, status: int) -> str:
    root = ET.fromstring(body)
    code, message = (
        root.findtext(f".//{_SPACE}{name}") or root.findtext(f".//{name}") for name in ("Code", "Message")
    )
    return f"An error occurred ({code or status}) when calling the AssumeRole operation: {message or ''}"


def signed(keys: Keys, region: str, host: str, body: bytes, stamp: str) -> dict[str, str]:
    """The headers of a signed POST to `/` of STS at `stamp` (`20261122T140000Z`)."""
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
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
