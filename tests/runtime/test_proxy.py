"""User code names the real hosts, and the proxy brings it to the simulator, to an allowed registry, or nowhere."""

import hashlib
import io
import stat
import subprocess
import sys

import boto3
import botocore.config
import httpx
import pytest

from simulator.runtime.authority import Authority
from simulator.runtime.proxy_rules import Answered, Passed, Refused, Rules, decide
from simulator.runtime.reach import client_variables
from simulator.runtime.registries import registries
from tests.runtime.proxies import cloud, running_proxy

RULES = Rules(aws=14566, azure_devops=14567)
IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111111111111:user/ada</Arn><UserId>AIDA</UserId><Account>111111111111</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


@pytest.fixture
def aws():
    with cloud(IDENTITY) as running:
        yield running


@pytest.fixture
def azure_devops():
    with cloud(b'{"count": 0}') as running:
        yield running


@pytest.fixture
def proxy(tmp_path, aws, azure_devops):
    with running_proxy(tmp_path / "authority", Rules(aws.port, azure_devops.port)) as running:
        yield running


def boto3_client(service, proxy, **more):
    config = botocore.config.Config(
        proxies={"https": proxy.url, "http": proxy.url},
        retries={"total_max_attempts": 1},
        request_checksum_calculation="when_required",
    )
    return boto3.client(
        service, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
        verify=str(proxy.authority.bundle), config=config, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    "host, port, expected",
    [
        ("sts.us-east-1.amazonaws.com", 443, Answered(14566)),
        ("STS.US-EAST-1.AMAZONAWS.COM", 443, Answered(14566)),
        ("bucket.with.dots.s3.us-east-1.amazonaws.com", 443, Answered(14566)),
        ("s3.amazonaws.com", 443, Answered(14566)),
        ("dev.azure.com", 443, Answered(14567)),
        ("vssps.dev.azure.com", 443, Answered(14567)),
        ("acme.visualstudio.com", 443, Answered(14567)),
        ("localhost", 4566, Answered(14566)),
        ("127.0.0.1", 14567, Answered(14567)),
        *((host, 443, Passed()) for host in registries()),
    ],
)
def test_a_host_goes_where_it_belongs(host, port, expected):
    assert decide(host, port, RULES) == expected


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "amazonaws.com.example.com",
        "notamazonaws.com",
        "dev.azure.com.evil.org",
        "x" + registries()[0],
    ],
)
def test_every_other_host_is_refused_by_name_with_the_remedy(host):
    decision = decide(host, 443, RULES)
    assert isinstance(decision, Refused)
    assert f"SIMULATOR_ALLOWED_HOSTS={host}" in decision.message
    assert not decision.quiet


def test_a_port_of_this_machine_that_is_not_the_simulators_is_refused():
    assert isinstance(decide("localhost", 22, RULES), Refused)


def test_a_host_is_allowed_by_name_or_with_everything_below_a_name():
    rules = Rules(1, 2, ("conda.anaconda.org", "*.example.org"))
    assert decide("conda.anaconda.org", 443, rules) == Passed()
    assert decide("a.b.example.org", 443, rules) == Passed()
    assert isinstance(decide("example.org", 443, rules), Refused)


def test_sts_at_its_real_host_is_answered_by_the_simulator(proxy, aws):
    client = boto3_client("sts", proxy, endpoint_url="https://sts.us-east-1.amazonaws.com")
    assert client.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/ada"
    client.close()
    (seen,) = aws.seen
    assert seen.headers["Host"] == "sts.us-east-1.amazonaws.com"
    assert "Credential=AKIDEXAMPLE/" in seen.headers["Authorization"]
    assert seen.headers["x-forwarded-proto"] == "https"


def test_a_bucket_in_the_host_name_and_a_large_body_arrive(proxy, aws):
    body = bytes(range(256)) * 40_000  # 10 MB
    client = boto3_client("s3", proxy)
    aws.body = b""
    client.put_object(Bucket="artefacts", Key="model.tar.gz", Body=io.BytesIO(body))
    client.close()
    (seen,) = aws.seen
    assert seen.headers["Host"].startswith("artefacts.s3.")
    assert seen.path == "/model.tar.gz"
    assert hashlib.sha256(seen.body).hexdigest() == hashlib.sha256(body).hexdigest()


def test_a_large_answer_arrives_whole(proxy, aws):
    aws.body = bytes(range(256)) * 40_000
    client = boto3_client("s3", proxy)
    assert client.get_object(Bucket="artefacts", Key="model.tar.gz")["Body"].read().count(b"\x00") == 40_000
    client.close()


def test_one_connection_carries_many_requests(proxy, azure_devops):
    with httpx.Client(proxy=proxy.url, verify=_trust(proxy)) as client:
        for number in range(3):
            assert client.get(f"https://dev.azure.com/acme/_apis/projects?n={number}").json() == {"count": 0}
    assert [seen.path for seen in azure_devops.seen] == [
        f"/acme/_apis/projects?n={number}" for number in range(3)
    ]
    assert azure_devops.seen[0].headers["Host"] == "dev.azure.com"


def test_a_body_of_unknown_length_arrives(proxy, azure_devops):
    with httpx.Client(proxy=proxy.url, verify=_trust(proxy)) as client:
        client.post("https://acme.visualstudio.com/x", content=iter([b"one ", b"two"]))
    assert azure_devops.seen[0].body == b"one two"


def test_an_error_answer_comes_through_as_it_is(proxy, aws):
    aws.status, aws.body = 404, b"<Error/>"
    with httpx.Client(proxy=proxy.url, verify=_trust(proxy)) as client:
        answer = client.get("https://s3.amazonaws.com/none")
    assert (answer.status_code, answer.content) == (404, b"<Error/>")


def test_plain_http_to_a_clouds_host_is_answered_too(proxy, aws):
    aws.body = b"plain"
    with httpx.Client(proxy=proxy.url) as client:
        assert client.get("http://s3.amazonaws.com/bucket/key?x=1").content == b"plain"
    assert (aws.seen[0].path, aws.seen[0].headers["Host"]) == ("/bucket/key?x=1", "s3.amazonaws.com")


def test_a_refused_host_is_named_to_the_client_and_reported(proxy):
    with httpx.Client(proxy=proxy.url) as client:
        with pytest.raises(httpx.ProxyError, match=r"example\.com is outside the simulation"):
            client.get("https://example.com/")
        plain = client.get("http://example.com/")
    assert plain.status_code == 403
    assert "SIMULATOR_ALLOWED_HOSTS=example.com" in plain.text
    assert proxy.refused == ["example.com", "example.com"]


def test_usage_reports_of_the_sdk_are_refused_without_a_word(proxy, aws):
    with httpx.Client(proxy=proxy.url) as client, pytest.raises(httpx.ProxyError):
        client.get("https://sm-pysdk-t-us-east-1.s3.us-east-1.amazonaws.com/telemetry?x=1")
    assert proxy.refused == []
    assert aws.seen == []


def test_a_request_that_is_no_proxy_request_says_how_to_ask(proxy):
    with httpx.Client() as client:
        assert client.get(proxy.url).status_code == 400


def test_a_cloud_that_does_not_listen_is_a_502_that_says_so(tmp_path):
    with (
        running_proxy(tmp_path / "authority", Rules(aws=1, azure_devops=1)) as proxy,
        httpx.Client(proxy=proxy.url, verify=_trust(proxy)) as client,
    ):
        answer = client.get("https://dev.azure.com/acme")
    assert answer.status_code == 502
    assert "127.0.0.1:1" in answer.text


def test_an_allowed_host_is_reached_through_this_machines_own_proxy(tmp_path, proxy, aws):
    """The first proxy stands for a company's: it knows the host, the second has to go through it."""
    aws.body = b"from far away"
    second_rules = Rules(aws=1, azure_devops=1, allowed=("localhost",))
    with (
        running_proxy(tmp_path / "second", second_rules, proxy.url) as second,
        httpx.Client(proxy=second.url) as client,
    ):
        answer = client.get(f"http://localhost:{aws.port}/simple/")
    assert answer.content == b"from far away"


def test_a_tunnel_is_dug_through_this_machines_own_proxy(tmp_path, proxy, azure_devops):
    second_rules = Rules(aws=1, azure_devops=1, allowed=("localhost",))
    with (
        running_proxy(tmp_path / "second", second_rules, proxy.url) as second,
        httpx.Client(proxy=second.url, verify=_trust(proxy)) as client,
    ):
        answer = client.get(f"https://localhost:{azure_devops.port}/simple/")
    assert answer.json() == {"count": 0}


def test_git_and_python_trust_the_bundle_that_the_variables_name(proxy, azure_devops):
    variables = client_variables(4566, proxy.port, str(proxy.authority.bundle))
    fetch = "import urllib.request as r; print(r.urlopen('https://dev.azure.com/acme').read().decode())"
    environment = {"PATH": "/usr/bin:/bin", **variables}
    done = subprocess.run(
        [sys.executable, "-c", fetch], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ('{"count": 0}', "")


def test_the_proxy_closes_at_once_though_clients_keep_their_connections(tmp_path, azure_devops):
    directory = tmp_path / "authority"
    with running_proxy(directory, Rules(aws=1, azure_devops=azure_devops.port)) as proxy:
        client = httpx.Client(proxy=proxy.url, verify=_trust(proxy))
        client.get("https://dev.azure.com/acme")
    client.close()


def test_the_authoritys_key_is_made_once_and_is_private(tmp_path):
    first = Authority(tmp_path / "authority")
    first.context("dev.azure.com")
    key = (tmp_path / "authority" / "authority.key").read_bytes()
    again = Authority(tmp_path / "authority")
    assert (tmp_path / "authority" / "authority.key").read_bytes() == key
    assert again.certificate.read_bytes() in again.bundle.read_bytes()
    for path in (tmp_path / "authority").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def _trust(proxy):
    import ssl

    return ssl.create_default_context(cafile=str(proxy.authority.bundle))
