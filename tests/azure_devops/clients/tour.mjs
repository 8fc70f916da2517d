// A tour with the unmodified azure-devops-node-api: prints a line of JSON for each step that a test looks at.
import * as azdev from "azure-devops-node-api";

const [url, token, step, given] = process.argv.slice(2);
const connection = new azdev.WebApi(url, azdev.getPersonalAccessTokenHandler(token));
const rest = (path) => `${url}/${path}?api-version=7.1-preview.1`;
const known = given ? JSON.parse(given) : {};

const steps = {
  async begin() {
    const core = await connection.getCoreApi();
    const operation = await core.queueCreateProject({
      name: "tour",
      visibility: 0,
      capabilities: {
        versioncontrol: { sourceControlType: "Git" },
        processTemplate: { templateTypeId: "b8a3a935-7e91-48b8-a94c-606d37c3e9f2" },
      },
    });
    return { operation: operation.id };
  },
  async repository() {
    const core = await connection.getCoreApi();
    const git = await connection.getGitApi();
    const project = await core.getProject("tour");
    const repository = await git.createRepository({ name: "app" }, "tour");
    return { project: project.id, repository: repository.id, state: project.state };
  },
  async pullRequest() {
    const git = await connection.getGitApi();
    const made = await git.createPullRequest(
      { sourceRefName: "refs/heads/change", targetRefName: "refs/heads/main", title: "Change" },
      known.repository,
    );
    const voted = await git.createPullRequestReviewer({ vote: 10 }, known.repository, made.pullRequestId, made.createdBy.id);
    await git.updatePullRequest(
      { status: 3, lastMergeSourceCommit: { commitId: known.tip } },
      known.repository,
      made.pullRequestId,
    );
    return { pullRequest: made.pullRequestId, vote: voted.vote };
  },
  async prepare() {
    const git = await connection.getGitApi();
    const tasks = await connection.getTaskAgentApi();
    const builds = await connection.getBuildApi();
    const request = await git.getPullRequestById(known.pullRequest);
    const group = await tasks.addVariableGroup({
      name: "settings",
      type: "Vsts",
      variables: { where: { value: "staging" } },
      variableGroupProjectReferences: [{ name: "settings", projectReference: { id: known.project, name: "tour" } }],
    });
    const environment = await tasks.addEnvironment({ name: "production" }, "tour");
    const definition = await builds.createDefinition(
      {
        name: "app",
        process: { type: 2, yamlFilename: "azure-pipelines.yml" },
        repository: { id: known.repository, type: "TfsGit", defaultBranch: "refs/heads/main" },
      },
      "tour",
    );
    // The package has no class for checks and hooks: its own REST client sends what it is given.
    const check = await connection.rest.create(rest("tour/_apis/pipelines/checks/configurations"), {
      type: { id: "8c6f20a7-a545-4486-9777-f762fafe0d4d", name: "Approval" },
      settings: { approvers: [{ id: request.createdBy.id }] },
      resource: { type: "environment", id: String(environment.id), name: "production" },
    });
    const permitted = { pipelines: [{ id: definition.id, authorized: true }] };
    await connection.rest.update(rest(`tour/_apis/pipelines/pipelinepermissions/environment/${environment.id}`), permitted);
    const hook = await connection.rest.create(rest("_apis/hooks/subscriptions"), {
      publisherId: "tfs",
      eventType: "build.complete",
      consumerId: "webHooks",
      consumerActionId: "httpRequest",
      publisherInputs: { projectId: known.project },
      consumerInputs: { url: "http://localhost/hook" },
    });
    return {
      status: request.status,
      group: group.name,
      environment: environment.id,
      pipeline: definition.id,
      check: check.result.type.name,
      hook: hook.result.eventType,
    };
  },
  async run() {
    const pipelines = await connection.getPipelinesApi();
    const run = await pipelines.runPipeline({}, "tour", known.pipeline);
    return { run: run.id };
  },
  async approve() {
    const answer = await connection.rest.update(rest("tour/_apis/pipelines/approvals"), [
      { approvalId: known.approval, status: "approved", comment: "go" },
    ]);
    return { status: answer.result.value[0].status };
  },
  async read() {
    const builds = await connection.getBuildApi();
    const build = await builds.getBuild("tour", known.run);
    const logs = await builds.getBuildLogs("tour", known.run);
    const texts = await Promise.all(logs.map((log) => builds.getBuildLogLines("tour", known.run, log.id)));
    return { result: build.result, text: texts.flat().join("\n") };
  },
};

console.log(JSON.stringify(await steps[step]()));
