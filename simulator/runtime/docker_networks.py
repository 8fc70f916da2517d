"""The private networks of clusters of containers: Docker's own, without a way out and without the host in them."""

import threading
from typing import Any

import docker
import docker.errors

NO_HOST = {"com.docker.network.bridge.inhibit_ipv4": "true"}
"""The bridge gets no address, so a container finds no port of the host on it."""

_making = threading.Lock()


def join(client: docker.DockerClient, name: str, label: str, hostname: str) -> dict[str, Any]:
    """What a container is created with to be `hostname` in the network `name`, which is made if it is not there."""
    with _making:  # Docker makes as many networks of one name as it is asked for
        if not any(network.name == name for network in client.networks.list(names=[name])):
            labels = {"simulator.engine": label}
            client.networks.create(name, driver="bridge", internal=True, options=NO_HOST, labels=labels)
    alias = client.api.create_endpoint_config(aliases=[hostname])
    return {"network": name, "networking_config": {name: alias}}


def forget(client: docker.DockerClient, name: str) -> None:
    """Remove the network when nobody is in it any more."""
    try:
        client.networks.get(name).remove()
    except docker.errors.NotFound:
        return
    except docker.errors.APIError as refusal:
        if refusal.status_code not in (403, 409):  # a peer is still in it
            raise
