"""An Azure DevOps on a free port, and the clients that people use against it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest
import uvicorn

from simulator.azure_devops.gateway import application
from simulator.azure_devops.service import AzureDevOps
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue
from simulator.kernel.facts import Fact
from simulator.kernel.outbound import Route
from simulator.kernel.world import Kernel
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.engine_scripted import ScriptedEngine
from simulator.runtime.images import Images
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.reach import Reach
from simulator.serving import listen
from simulator.topology import Topology, load
from tests.azure_devops.outside import Outside
from tests.azure_devops.scripted import prints
from tests.azure_devops.specification.checked import Checked

if TYPE_CHECKING:
    from tests.azure_devops.killable import Killable
    from tests.azure_devops.repositories import Repository

T = TypeVar("T")


@dataclass
class Served:
    """The service in a thread of its own, with everything that a test may look at."""

    topology: Topology
    directory: Path | None = None
    engine: Any = field(default_factory=ScriptedEngine)
    make_engine: Callable[[int], Any] | None = None
    make_containers: Callable[[], JobContainers] | None = None
    left: list[str] = field(default_factory=list)
    url: str = ""
    port: int = 0
    routes: tuple[Route, ...] = ()
    tasks: Catalogue = BUILT_IN

    def start(self) -> None:
        """Open the state and listen; returns when requests are answered."""
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self.failure: BaseException | None = None
        self.thread.start()
        ready.wait()
        if self.failure is not None:
            raise self.failure

    async def _run(self, ready: threading.Event) -> None:
        try:
            self.loop = asyncio.get_running_loop()
            self.kernel = Kernel.open(self.directory, seed=1, routes=self.routes)
            # Our own socket: uvicorn's would be inherited by the works, which outlive the server.
            listening = listen("127.0.0.1", self.port)
            self.port = listening.getsockname()[1]
            if self.make_engine is not None:
                self.engine = self.make_engine(self.port)
            self.containers = self.make_containers() if self.make_containers is not None else None
            url = f"http://localhost:{self.port}"
            self.azure = AzureDevOps(
                self.kernel, self.engine, self.topology, url, self.containers, self.tasks
            )
            self.url = self.azure.organization.url
            # Every answer of every test is held to the REST specification; `stop` fails with what it forbids.
            self.checked = Checked(application(self.azure))
            config = uvicorn.Config(
                self.checked, log_level="error", lifespan="off", timeout_graceful_shutdown=1
            )
            self.server = uvicorn.Server(config)
            await self.azure.start()
            self.kernel.start()
            serving = asyncio.create_task(self.server.serve([listening]))
            while not self.server.started:  # noqa: ASYNC110
                await asyncio.sleep(0.001)  # uvicorn has no event for it
        except BaseException as failure:
            self.failure = failure
            ready.set()
            raise
        ready.set()
        await serving
        await self.azure.close()
        await self.kernel.close()
        await self.engine.close()
        if self.containers is not None:
            self.left = await self.containers.known()
            await self.containers.let_go()

    def stop(self) -> None:
        """Stop listening and close the state; answers that the REST specification forbids fail here, once."""
        self.server.should_exit = True
        self.thread.join()
        self.checked.assert_kept()

    def run(self, work: Awaitable[T]) -> T:
        """Run something on the service's own loop."""

        async def call() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(60)

    def call(self, work: Callable[[], T]) -> T:
        """Call something on the service's own loop."""

        async def called() -> T:
            return work()

        return self.run(called())

    def hear(self) -> None:
        """Wait until every fact so far has been acted on; what that started may still run."""

        async def heard() -> None:
            while not self.kernel.log.caught_up():  # noqa: ASYNC110  the cursors have no news of their own
                await asyncio.sleep(0)

        self.run(heard())

    def rest(self) -> None:
        """Wait until nothing runs."""
        self.run(self.kernel.scheduler.rest())

    def facts(self, kind: str = "") -> list[Fact]:
        """The facts so far, of one kind."""
        return [
            fact for fact in self.call(lambda: self.kernel.log.read(0, 100_000)) if kind in ("", fact.kind)
        ]

    def token(self, person: str) -> str:
        """A person's personal access token."""
        return self.topology.person(person).personal_access_token

    def client(self, person: str = "operator") -> httpx.Client:
        """A REST client of that person, with an api-version on every request."""
        return httpx.Client(
            base_url=f"{self.url}/",
            auth=("", self.token(person)),
            params={"api-version": "7.1-preview.1"},
            timeout=60,
            trust_env=False,
            verify=False,  # over plain HTTP; to read certificates for each client takes longer than its request
        )


@dataclass
class Git:
    """A working copy and the real git client."""

    served: Served
    directory: Path
    person: str = "grace"

    def __call__(self, *arguments: str, check: bool = True) -> str:
        """Run git; its output and errors together."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada Lovelace",
            "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada Lovelace",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stdout}")
        return done.stdout

    def url(self, repository: str = "model_build", project: str = "ml/") -> str:
        """The remote's URL with the person's token in it."""
        host = self.served.url.replace("http://", f"http://anything:{self.served.token(self.person)}@")
        return f"{host}/{project}_git/{repository}"

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        """Write files and commit them; the commit's id."""
        for name, text in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self("rev-parse", "HEAD").strip()


@pytest.fixture
def topology() -> Topology:
    """The company of the checkout."""
    return load()


@pytest.fixture
def outside() -> Iterator[Outside]:
    """Somebody outside of the simulation, whom the service reaches as outside.example."""
    server = Outside()
    yield server
    server.close()


@pytest.fixture
def served(topology: Topology, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The service, running; with a way out for a test that has somebody outside."""
    routes: tuple[Route, ...] = ()
    if "outside" in request.fixturenames:
        routes = (Route("outside.example", request.getfixturevalue("outside").origin),)
    service = Served(topology, tmp_path / "state", routes=routes)
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    """One service for a module whose tests each use a `repository` of their own; works print nothing and succeed."""
    service = Served(load(), engine=prints())
    service.start()
    yield service
    service.stop()


@pytest.fixture
def repository(shared: Served, tmp_path: Path) -> Repository:
    """A repository that nobody else uses, with a first push."""
    from tests.azure_devops import repositories  # which is written in terms of what stands here

    return repositories.new(shared, tmp_path)


@pytest.fixture(scope="session")
def image_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty cache: the bare agent image needs no network to be built."""
    return tmp_path_factory.mktemp("images")


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def killable(tmp_path: Path, image_cache: Path, free_port: int) -> Iterator[Killable]:
    """The service with the process engine in a process of its own, for a test that kills it."""
    from tests.azure_devops.killable import Killable  # which is written in terms of what stands here

    service = Killable(load(), port=free_port)
    service.serve(tmp_path, image_cache)
    yield service
    service.kill()


@pytest.fixture
def sandboxed(topology: Topology, tmp_path: Path, image_cache: Path) -> Iterator[Served]:
    """The service with the process engine: steps are real programs in closed rooms, with an image of Python only."""
    images = Images(Path(__file__).parent / "images", image_cache)

    def make(port: int) -> ProcessEngine:
        return ProcessEngine(tmp_path / "works", Reach(1, port), images)

    service = Served(topology, tmp_path / "state", make_engine=make)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def git(served: Served, tmp_path: Path) -> Git:
    """An empty working copy on branch main with `origin` at model_build."""
    return working_copy(served, tmp_path)


def working_copy(served: Served, place: Path) -> Git:
    """An empty working copy on branch main with `origin` at model_build."""
    copy = Git(served, place / "copy")
    copy.directory.mkdir()
    copy("init", "-q", "-b", "main")
    copy("remote", "add", "origin", copy.url())
    return copy


@pytest.fixture
def git_on(tmp_path: Path) -> Iterator[Callable[[Topology], Git]]:
    """The same working copy on a service with a topology of the test's own."""
    services: list[Served] = []

    def make(topology: Topology) -> Git:
        service = Served(topology)
        service.start()
        services.append(service)
        return working_copy(service, tmp_path)

    yield make
    for service in services:
        service.stop()


@pytest.fixture
def connect(served: Served, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """SDK connections by person."""
    from tests.azure_devops import sdk  # for those alone who ask: the SDK's models take long to load

    with sdk.connections(tmp_path) as made:
        yield lambda person="grace": made(served.url, served.token(person))


@pytest.fixture
def queued(git: Git, served: Served) -> Callable[..., Any]:
    """Push a YAML file and start its pipeline by REST; the finished build."""

    def run(yaml: str, engine: Any = None, person: str = "ada", rest: bool = True, **body: Any) -> Any:
        engine = engine or prints()
        served.engine._scripts[:] = engine._scripts
        git.commit({"azure-pipelines.yml": yaml})
        git("push", "-q", "origin", "main")
        with served.client(person) as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json=body)
            assert answer.status_code == 200, answer.text
            if rest:
                served.rest()
            return client.get(f"ml/_apis/build/builds/{answer.json()['id']}").json()

    return run
