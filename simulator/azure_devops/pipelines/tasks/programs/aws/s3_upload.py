"""S3Upload@1: files of a folder that patterns take become objects of a bucket.

Source: S3Upload of aws/aws-toolkit-azure-devops (order, defaults, texts).
"""

import mimetypes
import posixpath
from pathlib import Path
from typing import Any

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
import sdk  # type: ignore[import-not-found]
from botocore.exceptions import ClientError
from file_patterns import matching  # type: ignore[import-not-found]
from task_library import existing_path, fail, flag, given, lines, required, say, warning  # type: ignore[import-not-found]

# Where mime-types, which the toolkit asks, says something else than Python's own table, which alone is asked here.
_TYPES = mimetypes.MimeTypes(filenames=())
for _suffix, _type in (
    (".js", "application/javascript"), (".mjs", "application/javascript"), (".map", "application/json"),
    (".yaml", "text/yaml"), (".yml", "text/yaml"), (".xml", "application/xml"), (".log", "text/plain"),
    (".md", "text/markdown"), (".gz", "application/gzip"), (".woff", "font/woff"), (".woff2", "font/woff2"),
    (".webp", "image/webp"), (".ico", "image/vnd.microsoft.icon"),
):  # fmt: skip
    _TYPES.add_type(_type, _suffix)


def main() -> None:
    """Upload what matches; the bucket is made where asked."""
    bucket, folder = required("bucketName"), str(existing_path("sourceFolder"))
    encryption = _encryption()
    s3 = sdk.client("s3")
    _check_bucket(s3, bucket, aws_session.region())
    say(f"Uploading files from {folder} to {given('targetFolder') or '/'} in bucket {bucket}")
    say(f"Searching {folder} for files to upload")
    patterns = lines("globExpressions")
    found = [path for path in matching(_below(folder), patterns, folder) if not Path(path).is_dir()]
    if not found:
        told = ", ".join(f"'{pattern}'" for pattern in patterns)
        warning(f'No files found in folder "{folder}" that match pattern "[ {told} ]"')
    for path in found:
        _upload(s3, bucket, path, folder, encryption)
    say("All uploads to S3 completed")


def _below(folder: str) -> list[str]:
    root = folder.rstrip("/")
    return [root, *sorted(str(path) for path in Path(root).rglob("*"))]


def _check_bucket(s3: Any, bucket: str, region: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        hint = f"Bucket {bucket} does not"
        if not flag("createBucket"):
            fail(
                f"Error: {hint} exist or you do not have access. Auto-create option not set, cannot continue."
            )
        say(f"{hint} appear to exist (or you do not have access). Attempting to create in region {region}.")
        place = (
            {}
            if region in (None, "us-east-1")
            else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        try:
            s3.create_bucket(Bucket=bucket, **place)
        except ClientError as error:
            say(f"Failed to create bucket {sdk.told(error)}")
            raise
        say("Bucket created")


def _upload(s3: Any, bucket: str, path: str, folder: str, encryption: dict[str, str | bytes]) -> None:
    relative = posixpath.basename(path) if flag("flattenFolders") else path[len(folder.rstrip("/")) + 1 :]
    key = posixpath.normpath(posixpath.join(given("targetFolder"), relative)).lstrip("/")
    kind = given("contentType") or _TYPES.guess_type(f"x{Path(path).suffix}", strict=False)[0]
    kind = kind or "application/octet-stream"
    say(f"Uploading matched file {path}, content type {kind}")
    more = {
        "ContentEncoding": given("contentEncoding"),
        "CacheControl": _cache_control(path, folder),
        "ACL": given("filesAcl"),
    }
    extra: dict[str, str | bytes] = {name: value for name, value in more.items() if value}
    extra |= encryption
    extra |= {"ContentType": kind, "StorageClass": given("storageClass") or "STANDARD"}
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=Path(path).read_bytes(), **extra)
    except ClientError as error:
        say(f"File upload failed {sdk.told(error)}")
        raise
    say(f"Completed upload of {path} to {key}")


def _cache_control(path: str, folder: str) -> str:
    """The value of the first line `pattern=value` whose pattern takes the file."""
    for line in lines("cacheControl"):
        pattern, equals, value = line.partition("=")
        if not pattern or not equals or not value:
            text = f"Error: Invalid match expression {line}"
            say(f"File upload failed {text}")
            fail(text)
        if matching([path], [pattern.strip()], folder):
            return str(value).strip()
    return ""


def _encryption() -> dict[str, str | bytes]:
    management = given("keyManagement") or "none"
    if management == "awsManaged":
        algorithm = required("encryptionAlgorithm")
        key = required("kmsMasterKeyId") if algorithm == "KMS" else given("kmsMasterKeyId")
        chosen: dict[str, str | bytes] = {
            "ServerSideEncryption": "aws:kms" if algorithm == "KMS" else algorithm
        }
        return chosen | ({"SSEKMSKeyId": key} if key else {})
    if management == "customerManaged":
        return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": _customer_key()}
    return {}


def _customer_key() -> bytes:
    """The key is given in hexadecimal digits."""
    try:
        return bytes.fromhex(required("customerKey"))
    except ValueError:
        fail("Error: The customer key is not in hexadecimal digits")
        raise


if __name__ == "__main__":
    sdk.run(main)
