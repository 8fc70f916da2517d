"""Permissions decide: what each kind of member may do over git and REST, and how the service refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.azure_devops import job_tokens
from simulator.azure_devops.identities import build_service, descriptor_of, of_person, stable_id
from simulator.azure_devops.security import namespaces, tokens
from simulator.topology import Person, load
from tests.azure_devops.conftest import Git, Served, working_copy
from tests.azure_devops.scripted import SIMPLE

ML = stable_id("project", "ml")
REPOSITORY = stable_id("repository", "ml", "model_build")
BUILD_URL = "ml/_apis/build"


@pytest.fixture(scope="module")
def served():
    """One service whose people all have tokens of every scope, so that permissions alone decide; rachel only reads."""
    topology = load()
    rachel = Person("rachel", "Rachel Reader", "rachel@example.com")
    people = tuple(replace(person, scopes=("app_token",)) for person in (*topology.people, rachel))
    ml, *others = topology.projects
    ml = replace(ml, groups={**ml.groups, "Readers": ("rachel",)})
    service = Served(replace(topology, people=people, projects=(ml, *others)))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def git(served, tmp_path_factory):
    """A working copy of grace's, who has pushed the main branch."""
    copy = working_copy(served, tmp_path_factory.mktemp("git"))
    copy.commit({"azure-pipelines.yml": SIMPLE})
    copy("push", "-q", "origin", "main")
    return copy


@pytest.fixture
def ask(served):
    """A request of somebody's: status, typeKey and message or the body."""

    def asked(person, verb, path, **more):
        with served.client(person) as client:
            answer = client.request(verb, path, **more)
        body = answer.json() if answer.content else {}
        refused = answer.status_code >= 400
        return (
            (answer.status_code, body["typeKey"], body["message"]) if refused else (answer.status_code, body)
        )

    return asked


@pytest.fixture
def allow(served):
    """Let somebody (by descriptor) have permissions, or deny them, on a token."""

    def set_to(space, token, descriptor, *permissions, deny=False):
        mask = namespaces.known(space).mask(*permissions)
        entry = {"descriptor": descriptor, "allow": 0 if deny else mask, "deny": mask if deny else 0}
        body = {"token": token, "merge": True, "accessControlEntries": [entry]}
        with served.client("operator") as client:
            assert client.post(f"_apis/accesscontrolentries/{space}", json=body).status_code == 200

    return set_to


def person(served, name):
    return descriptor_of(of_person(served.topology.person(name)))


def pushed_by(git: Git, name: str, *what: str) -> str:
    git.person = name
    return git("push", git.url(), *what, check=False)


def test_a_reader_fetches_and_does_not_push(git):
    git.person = "rachel"
    assert "refs/heads/main" in git("ls-remote", git.url())
    refused = pushed_by(git, "rachel", "main:refs/heads/rachels")
    assert "TF401027: You need the Git 'GenericContribute' permission" in refused
    assert "identity 'rachel@example.com', scope 'repository'" in refused
    assert "403" in refused


def test_what_may_not_be_read_is_not_there(git, ask, allow, served):
    token = tokens.repository(ML, REPOSITORY)
    allow(namespaces.GIT, token, person(served, "rachel"), "GenericRead", deny=True)
    git.person = "rachel"
    assert "TF401019" in git("ls-remote", git.url(), check=False)
    status, key, _ = ask("rachel", "GET", "ml/_apis/git/repositories/model_build")
    assert (status, key) == (404, "GitRepositoryNotFoundException")
    _, listed = ask("rachel", "GET", "ml/_apis/git/repositories")
    assert [row["name"] for row in listed["value"]] == ["model_deploy"]


def test_who_did_not_make_a_branch_replaces_no_history_by_git_nor_by_rest(git, ask, served):
    first = git("rev-parse", "main").strip()
    git.commit({"more": "1"})
    assert pushed_by(git, "ada", "main:refs/heads/main").count("new") == 0
    second = git("rev-parse", "main").strip()
    git("reset", "-q", "--hard", first)
    git.commit({"other": "1"})
    refused = pushed_by(git, "ada", "--force", "main:refs/heads/main")
    assert "TF401027: You need the Git 'ForcePush' permission" in refused
    assert "scope 'branch'" in refused
    change = {"name": "refs/heads/main", "oldObjectId": second, "newObjectId": first}
    _, told = ask("ada", "POST", "ml/_apis/git/repositories/model_build/refs", json=[change])
    assert told["value"][0]["updateStatus"] == "forcePushRequired"
    _, told = ask("grace", "POST", "ml/_apis/git/repositories/model_build/refs", json=[change])
    assert told["value"][0]["success"] is True
    assert "rejected" not in pushed_by(git, "grace", "--force", f"{second}:refs/heads/main")
    git("reset", "-q", "--hard", second)


def test_a_branch_of_ones_own_can_be_deleted_and_that_of_another_not(git):
    pushed_by(git, "ada", "main:refs/heads/adas")
    assert "ForcePush" in pushed_by(git, "edsger", ":refs/heads/adas")
    assert "[deleted]" in pushed_by(git, "ada", ":refs/heads/adas")


def test_a_deny_on_one_branch_holds_there_alone(git, allow, served):
    token = tokens.ref(ML, REPOSITORY, "refs/heads/release")
    allow(namespaces.GIT, token, person(served, "ada"), "GenericContribute", deny=True)
    assert "GenericContribute" in pushed_by(git, "ada", "main:refs/heads/release")
    assert "[new branch]" in pushed_by(git, "ada", "main:refs/heads/elsewhere")


def test_who_is_exempt_pushes_to_a_protected_branch_and_completes_past_policies(git, ask, allow, served):
    scope = [{"repositoryId": REPOSITORY, "refName": "refs/heads/safe", "matchKind": "Exact"}]
    kind = {"id": "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd"}
    settings = {"minimumApproverCount": 1, "creatorVoteCounts": False, "scope": scope}
    policy = {"isEnabled": True, "isBlocking": True, "type": kind, "settings": settings}
    pushed_by(git, "grace", "main:refs/heads/safe")
    refused = ask("ada", "POST", "ml/_apis/policy/configurations", json=policy)
    assert refused[:2] == (403, "GitNeedsPermissionException")
    assert "EditPolicies" in refused[2]
    assert ask("grace", "POST", "ml/_apis/policy/configurations", json=policy)[0] == 200
    git.commit({"safe": "1"})
    assert "TF402455" in pushed_by(git, "ada", "main:refs/heads/safe")
    opened = {"sourceRefName": "refs/heads/work", "targetRefName": "refs/heads/safe", "title": "t"}
    pushed_by(git, "ada", "main:refs/heads/work")
    _, request = ask("ada", "POST", "ml/_apis/git/repositories/model_build/pullrequests", json=opened)
    path = f"ml/_apis/git/repositories/model_build/pullrequests/{request['pullRequestId']}"
    bypass = {"status": "completed", "lastMergeSourceCommit": request["lastMergeSourceCommit"]}
    bypass["completionOptions"] = {"bypassPolicy": True, "bypassReason": "urgent"}
    assert "PullRequestBypassPolicy" in ask("ada", "PATCH", path, json=bypass)[2]
    token = tokens.ref(ML, REPOSITORY, "refs/heads/safe")
    allow(namespaces.GIT, token, person(served, "ada"), "PullRequestBypassPolicy", "PolicyExempt")
    assert ask("ada", "PATCH", path, json=bypass)[0] == 200
    served.rest()
    git.person = "ada"
    git("fetch", "-q", git.url(), "safe")
    git("checkout", "-q", "FETCH_HEAD")
    git.commit({"safe": "2"})
    assert "rejected" not in pushed_by(git, "ada", "HEAD:refs/heads/safe")
    git("checkout", "-q", "main")


def test_runs_are_queued_stopped_and_deleted_by_who_may(git, ask, served):
    status, key, told = ask("rachel", "POST", "ml/_apis/pipelines/1/runs", json={})
    assert (status, key) == (403, "AccessDeniedException")
    assert told == (
        "TF215106: Access denied. Rachel Reader needs Queue builds permissions for build pipeline 1:model-build in"
        " team project ml to perform the action. For more information, contact the Azure DevOps administrator."
    )
    assert ask("rachel", "POST", f"{BUILD_URL}/builds", json={"definition": {"id": 1}})[0] == 403
    _, run = ask("grace", "POST", "ml/_apis/pipelines/1/runs", json={})
    path = f"{BUILD_URL}/builds/{run['id']}"
    assert "Stop builds" in ask("ada", "PATCH", path, json={"status": "cancelling"})[2]
    # It may have ended by itself; whoever asked for it is not refused.
    assert ask("grace", "PATCH", path, json={"status": "cancelling"})[0] in (200, 400)
    served.rest()
    assert "Delete builds" in ask("ada", "DELETE", path)[2]
    assert "Retain indefinitely" in ask("ada", "PATCH", path, json={"keepForever": True})[2]
    assert ask("rachel", "GET", path)[0] == 200
    assert ask("edsger", "DELETE", path)[0] == 204
    assert "Edit build pipeline" in ask("rachel", "PATCH", f"{BUILD_URL}/definitions/1/tags", json={})[2]


def test_a_validation_is_queued_again_by_who_may_queue_its_build(git, ask, served):
    settings = {"buildDefinitionId": 1, "manualQueueOnly": True, "scope": [{"repositoryId": REPOSITORY}]}
    kind = {"id": "0609b952-1397-4640-95ec-e00a01b2c241"}
    policy = {"type": kind, "isEnabled": True, "isBlocking": False, "settings": settings}
    assert ask("operator", "POST", "ml/_apis/policy/configurations", json=policy)[0] == 200
    git.commit({"of a request": "1"})
    assert "new branch" in pushed_by(git, "ada", "HEAD:refs/heads/request")
    request = {
        "sourceRefName": "refs/heads/request",
        "targetRefName": "refs/heads/main",
        "title": "a request",
    }
    made = ask("ada", "POST", "ml/_apis/git/repositories/model_build/pullrequests", json=request)[1]
    where = {"artifactId": f"vstfs:///CodeReview/CodeReviewId/{ML}/{made['pullRequestId']}"}
    ((found,),) = (ask("ada", "GET", "ml/_apis/policy/evaluations", params=where)[1]["value"],)
    path = f"ml/_apis/policy/evaluations/{found['evaluationId']}"
    status, key, told = ask("rachel", "PATCH", path)
    assert (status, key, "Queue builds" in told) == (403, "AccessDeniedException", True)
    assert ask("ada", "PATCH", path)[0] == 200
    served.rest()


def test_who_makes_an_environment_administers_it(ask):
    refused = ask("rachel", "POST", "ml/_apis/pipelines/environments", json={"name": "hers"})
    assert refused == (
        403,
        "AccessDeniedException",
        (
            "Access denied. Rachel Reader needs Create permissions to perform the action. For more information, contact"
            " the Azure DevOps Server administrator."
        ),
    )
    _, made = ask("ada", "POST", "ml/_apis/pipelines/environments", json={"name": "adas"})
    path = f"ml/_apis/pipelines/environments/{made['id']}"
    assert ask("grace", "PATCH", path, json={"description": "x"})[0] == 403
    assert ask("ada", "PATCH", path, json={"description": "x"})[0] == 200
    permit = f"ml/_apis/pipelines/pipelinepermissions/environment/{made['id']}"
    assert ask("grace", "PATCH", permit, json={"allPipelines": {"authorized": True}})[0] == 403
    assert ask("ada", "PATCH", permit, json={"allPipelines": {"authorized": True}})[0] == 200


def test_the_library_and_connections_have_administrators_creators_and_readers(ask):
    group = {"name": "hers", "variables": {"A": {"value": "1"}}, "type": "Vsts"}
    groups = "ml/_apis/distributedtask/variablegroups"
    assert ask("rachel", "POST", groups, json=group)[0] == 403
    _, made = ask("ada", "POST", groups, json=group)
    assert ask("rachel", "GET", f"{groups}/{made['id']}")[0] == 200
    assert ask("rachel", "PUT", f"{groups}/{made['id']}", json=group)[:2] == (403, "AccessDeniedException")
    assert ask("edsger", "PUT", f"{groups}/{made['id']}", json=group)[0] == 200
    connection = {
        "name": "c", "type": "generic", "url": "https://example.com/",
        "authorization": {"scheme": "UsernamePassword", "parameters": {"username": "u", "password": "p"}},
    }  # fmt: skip
    connections = "ml/_apis/serviceendpoint/endpoints"
    refused = ask("rachel", "POST", connections, json=connection)
    assert refused[:2] == (403, "AccessCheckException")
    assert "Create Service Connection" in refused[2]
    _, made = ask("ada", "POST", connections, json=connection)
    assert ask("rachel", "PUT", f"{connections}/{made['id']}", json=connection)[0] == 403
    assert ask("ada", "PUT", f"{connections}/{made['id']}", json=connection)[0] == 200


def test_pools_hooks_and_projects_are_for_their_administrators(ask):
    assert ask("grace", "POST", "_apis/distributedtask/pools", json={"name": "p"})[0] == 403
    assert ask("operator", "POST", "_apis/distributedtask/pools", json={"name": "p"})[0] == 200
    hook = {"publisherId": "tfs", "eventType": "git.push", "publisherInputs": {"projectId": ML}}
    hook |= {"consumerId": "webHooks", "consumerActionId": "httpRequest", "resourceVersion": "1.0"}
    hook["consumerInputs"] = {"url": "https://example.com/hook"}
    assert ask("ada", "POST", "_apis/hooks/subscriptions", json=hook)[:2] == (403, "AccessCheckException")
    assert ask("grace", "POST", "_apis/hooks/subscriptions", json=hook)[0] == 200
    assert ask("ada", "PATCH", f"_apis/projects/{ML}", json={"description": "x"}) == (
        403,
        "UnauthorizedAccessException",
        (
            "TF50309: The following account does not have sufficient permissions to complete the operation:"
            " ada@example.com. The following permissions are needed to perform this operation: Edit project-level"
            " information."
        ),
    )
    new = {"name": "another"}
    assert "Create new projects" in ask("grace", "POST", "_apis/projects", json=new)[2]
    assert "Delete team project" in ask("edsger", "DELETE", f"_apis/projects/{ML}")[2]


def test_a_job_may_what_its_projects_build_service_may(served, git, ask, allow):
    claim = job_tokens.JobClaim(1, "job", "ml", None)
    kernel = served.kernel
    served.azure.organization.run_goes_on = lambda run: True
    token = served.call(lambda: job_tokens.issue(kernel.store, kernel.ids, claim))
    url = served.url.replace("http://", f"http://job:{token}@") + "/ml/_git/model_build"
    assert "refs/heads/main" in git("ls-remote", url)
    refused = git("push", url, "main:refs/heads/by-a-job", check=False)
    assert "TF401027: You need the Git 'GenericContribute' permission" in refused
    assert r"'Build\ml'" in refused
    service = descriptor_of(build_service("ml", "acme"))
    granted = ("GenericContribute", "CreateBranch")
    allow(namespaces.GIT, tokens.repository(ML, REPOSITORY), service, *granted)
    assert "[new branch]" in git("push", url, "main:refs/heads/by-a-job", check=False)


def test_roles_are_given_and_taken_by_administrators(ask):
    _, made = ask("ada", "POST", "ml/_apis/pipelines/environments", json={"name": "shared"})
    root = "_apis/securityroles/scopes/distributedtask.environmentreferencerole"
    roles = f"{root}/roleassignments/resources/{ML}_{made['id']}"
    _, named = ask("rachel", "GET", f"{root}/roledefinitions")
    assert [role["name"] for role in named["value"]] == ["Reader", "User", "Administrator"]
    grace = {"userId": stable_id("person", "grace"), "roleName": "Administrator"}
    assert ask("grace", "PUT", roles, json=[grace])[:2] == (403, "AccessCheckException")
    _, given = ask("ada", "PUT", roles, json=[grace])
    assert (given["value"][0]["role"]["name"], given["value"][0]["access"]) == ("Administrator", "assigned")
    _, every = ask("grace", "GET", roles)
    told = {row["identity"]["displayName"]: (row["role"]["name"], row["access"]) for row in every["value"]}
    assert told["Ada Lovelace"] == told["Grace Hopper"] == ("Administrator", "assigned")
    assert told["[ml]\\Project Valid Users"] == ("Reader", "inherited")
    path = f"ml/_apis/pipelines/environments/{made['id']}"
    assert ask("grace", "PATCH", path, json={"description": "y"})[0] == 200
    assert ask("ada", "DELETE", f"{roles}/{grace['userId']}")[0] == 204
    assert ask("grace", "PATCH", path, json={"description": "z"})[0] == 403
    assert ask("rachel", "GET", path)[0] == 200
    assert ask("ada", "PATCH", roles, params={"inheritPermissions": "false"})[0] == 204
    assert ask("rachel", "GET", path)[0] == 403
    _, groups = ask(
        "grace", "GET", f"_apis/securityroles/scopes/distributedtask.library/roleassignments/resources/{ML}$0"
    )
    assert ("[ml]\\Build Administrators", "Administrator") in {
        (row["identity"]["displayName"], row["role"]["name"]) for row in groups["value"]
    }
