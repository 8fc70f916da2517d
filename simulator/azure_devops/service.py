"""Azure DevOps as one value: the organization's rows, its repositories and its pipelines, with a start and an end."""

from __future__ import annotations

from simulator.azure_devops.git import importing
from simulator.azure_devops.git.guard import RefGuard
from simulator.azure_devops.git.importing import Imports
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.hooks.delivery import Hooks
from simulator.azure_devops.organization import Organization
from simulator.azure_devops.pipelines import task_timers
from simulator.azure_devops.pipelines.callbacks import Callbacks
from simulator.azure_devops.pipelines.coordinator import Coordinator
from simulator.azure_devops.pipelines.gates.passing import Gates
from simulator.azure_devops.pipelines.purging import Purging
from simulator.azure_devops.pipelines.resource_uses import ResourceUses
from simulator.azure_devops.pipelines.retention import Leases
from simulator.azure_devops.pipelines.room import Agents, Room, Signals
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.pipelines.secure_files import SecureFiles
from simulator.azure_devops.pipelines.starting.completion import Completions
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.pipelines.starting.scheduling import Schedules
from simulator.azure_devops.pipelines.starting.triggering import Triggers
from simulator.azure_devops.pipelines.starting.webhooks import Webhooks
from simulator.azure_devops.pipelines.test_attachments import TestAttachments
from simulator.azure_devops.pipelines.test_runs import TestRuns
from simulator.azure_devops.policies.configurations import Configurations
from simulator.azure_devops.policies.evaluations import Evaluations
from simulator.azure_devops.policies.pushes import PushPolicies
from simulator.azure_devops.policies.steward import Steward
from simulator.azure_devops.policies.validation import Validation
from simulator.azure_devops.projects.lifecycle import Projects
from simulator.azure_devops.projects.operations import Operations
from simulator.azure_devops.pull_requests.rows import PullRequestRows
from simulator.azure_devops.seeding import seed
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.runtime.job_containers.containers import JobContainers
from simulator.topology import Topology

DEFAULT_URL = "http://localhost:4567"
PARALLEL_JOBS = 4


class AzureDevOps:
    """The service of one organization. `url` is where clients reach it; links in answers begin with it.

    Without `containers` a run whose jobs need the Docker engine is refused.
    """

    def __init__(
        self,
        kernel: Kernel,
        engine: Engine,
        topology: Topology,
        url: str = DEFAULT_URL,
        containers: JobContainers | None = None,
        tasks: Catalogue = BUILT_IN,
    ) -> None:
        self.kernel = kernel
        self.engine = engine
        self.session = kernel.ids.uuid()
        self.activity_ids = kernel.ids.apart("azure devops requests")
        self.organization = Organization(kernel, topology, url, tasks)
        self.refs = RefWatch(self.organization)
        self.pull_requests = PullRequestRows(self.organization, self.refs)
        self.runs = Runs(self.organization)
        self.leases = Leases(self.organization)
        self.test_runs = TestRuns(kernel, self.organization)
        self.test_attachments = TestAttachments(self.organization)
        signals = Signals()
        self.gates = Gates(self.organization, signals, self.runs)
        self.approvals = self.gates.approvals
        self.secure_files = SecureFiles(self.organization)
        self.callbacks = Callbacks(self.organization, self.gates.checks, signals)
        room = Room(
            self.organization,
            self.refs,
            self.runs,
            engine,
            Agents(PARALLEL_JOBS),
            signals,
            approvals=self.approvals,
            callbacks=self.callbacks,
            containers=containers,
        )
        task_timers.register(kernel, signals)
        self.coordinator = Coordinator(room, self.gates)
        self.queue = Queue(self.organization, self.refs, self.runs, self.coordinator.begin, containers)
        triggers = Triggers(self.organization, self.refs, self.runs, self.queue)
        kernel.log.add_consumer("azure_devops.triggers", triggers.on_fact)
        self._manage()
        self._review()
        self.hooks = Hooks(self.organization, self.refs)
        kernel.log.add_consumer("azure_devops.hooks", self.hooks.on_fact)
        completions = Completions(self.organization, self.refs, self.runs, self.queue)
        kernel.log.add_consumer("azure_devops.completions", completions.on_fact)
        purging = Purging(self.organization, self.runs, self.leases, self.test_runs, self.test_attachments)
        kernel.log.add_consumer("azure_devops.retention", purging.on_fact)
        uses = ResourceUses(self.organization, self.runs)
        kernel.log.add_consumer("azure_devops.resource_uses", uses.on_fact)
        self.webhooks = Webhooks(self.organization, self.refs, self.queue, self.gates.permissions)
        self.schedules = Schedules(self.organization, self.refs, self.runs, self.queue)
        kernel.log.add_consumer("azure_devops.schedules", self.schedules.on_fact)

    def _review(self) -> None:
        """Pull requests ask the policies, the policies keep pull requests going."""
        self.policies = Configurations(self.organization)
        self.validation = Validation(self.organization, self.runs, self.queue, self.coordinator.cancel)
        self.evaluations = Evaluations(self.pull_requests, self.policies, self.validation)
        self.pull_requests.gate = self.evaluations
        self.organization.protected = self.evaluations.protected
        inspects = PushPolicies(self.policies, self.refs)
        self.guard = RefGuard(self.organization, self.evaluations.protected, inspects)
        steward = Steward(self.pull_requests, self.policies, self.evaluations, self.validation)
        self.kernel.log.add_consumer("azure_devops.pull_requests", steward.on_fact)

    def _manage(self) -> None:
        """Projects come and go, and repositories are imported, by operations that clients poll."""
        self.projects = Projects(self.organization, self.refs, self.runs, self.coordinator)
        self.imports = Imports(self.organization, self.refs)
        works = {
            importing.WORK: self.imports.carry_out,
            "createProject": self.projects.create,
            "updateProject": self.projects.update,
            "deleteProject": self.projects.delete,
        }
        self.operations = Operations(self.organization, works)
        self.kernel.log.add_consumer("azure_devops.operations", self.operations.on_fact)

    async def start(self) -> None:
        """Write what the topology says, open the repositories, take up the runs that were going on."""
        seed(self.organization)
        await self.refs.open_all()
        await self.coordinator.continue_all()

    async def close(self) -> None:
        """Let go of what this process holds; runs go on at the next start."""
        await self.coordinator.close()
