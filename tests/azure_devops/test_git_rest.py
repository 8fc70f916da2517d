"""The git area with the azure-devops SDK, both of its sets of clients, and what only plain HTTP shows."""

from __future__ import annotations

import io
import zipfile

import pytest
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.git import models

from simulator.kernel.outbound import Route
from simulator.topology import load
from tests.azure_devops import sdk
from tests.azure_devops.conftest import Served
from tests.azure_devops.repositories import ZERO


@pytest.fixture(scope="module")
def shared():
    service = Served(load(), routes=(Route(r"git\.example", "https://git.example"),))
    service.start()
    yield service
    service.stop()


both_sets = pytest.mark.parametrize("client", ["clients", "clients_v7_1"], indirect=True)


@pytest.fixture
def client(shared, request, tmp_path):
    """Grace's git client, of the newer set where a test does not ask for both."""
    with sdk.connections(tmp_path) as connect:
        made = connect(shared.url, shared.token("grace"))
        yield getattr(made, getattr(request, "param", "clients_v7_1")).get_git_client()


def tip(repository, branch="main"):
    return repository.git("rev-parse", f"origin/{branch}").strip()


def whole(chunks):
    return b"".join(chunks)


@both_sets
def test_a_repository_is_renamed_disabled_deleted_and_restored(client, repository):
    found = client.get_repository(repository.name, "ml")
    assert (found.default_branch, found.size > 0) == ("refs/heads/main", True)
    assert found.ssh_url.endswith(f":v3/acme/ml/{repository.name}")
    renamed = client.update_repository(models.GitRepository(name=f"{repository.name}-new"), found.id, "ml")
    assert renamed.name == f"{repository.name}-new"
    client.update_repository(models.GitRepository(default_branch="refs/heads/change"), found.id, "ml")
    assert client.get_repository(found.id, "ml").default_branch == "refs/heads/change"
    client.update_repository(models.GitRepository(is_disabled=True), found.id, "ml")
    with pytest.raises(AzureDevOpsServiceError, match="is disabled"):
        client.get_refs(found.id, "ml")
    client.update_repository(models.GitRepository(is_disabled=False), found.id, "ml")
    client.delete_repository(found.id, "ml")
    assert found.id in [each.id for each in client.get_recycle_bin_repositories("ml")]
    with pytest.raises(AzureDevOpsServiceError, match="TF401019"):
        client.get_repository(found.id, "ml")
    details = models.GitRecycleBinRepositoryDetails(deleted=False)
    client.restore_repository_from_recycle_bin(details, "ml", found.id)
    assert [ref.name for ref in client.get_refs(found.id, "ml")] == ["refs/heads/change", "refs/heads/main"]
    client.delete_repository(found.id, "ml")
    client.delete_repository_from_recycle_bin("ml", found.id)
    assert found.id not in [each.id for each in client.get_recycle_bin_repositories("ml")]


def test_a_fork_holds_what_its_parent_holds(client, repository):
    parent = client.get_repository(repository.name, "ml")
    options = models.GitRepositoryCreateOptions(
        name=f"{repository.name}-fork", parent_repository=models.GitRepositoryRef(id=parent.id)
    )
    made = client.create_repository(options, "ml")
    assert (made.is_fork, made.default_branch) == (True, "refs/heads/main")
    assert [ref.object_id for ref in client.get_refs(made.id, "ml")] == [
        ref.object_id for ref in client.get_refs(parent.id, "ml")
    ]


def test_an_import_brings_a_repository_of_the_organization(client, repository):
    made = client.create_repository(models.GitRepositoryCreateOptions(name=f"{repository.name}-copy"), "ml")
    source = models.GitImportGitSource(url=f"https://dev.azure.com/acme/ml/_git/{repository.name}")
    parameters = models.GitImportRequestParameters(git_source=source)
    asked = client.create_import_request(models.GitImportRequest(parameters=parameters), "ml", made.id)
    assert asked.status == "queued"
    repository.served.hear()
    done = client.get_import_request("ml", made.id, asked.import_request_id)
    assert done.status == "completed"
    assert client.get_repository(made.id, "ml").default_branch == "refs/heads/main"
    with pytest.raises(AzureDevOpsServiceError, match="not empty"):
        client.create_import_request(models.GitImportRequest(parameters=parameters), "ml", made.id)


def test_an_import_from_an_allowed_host_goes_as_the_machine_says_and_may_be_tried_again(
    client, repository, monkeypatch
):
    made = client.create_repository(models.GitRepositoryCreateOptions(name=f"{repository.name}-far"), "ml")
    source = models.GitImportGitSource(url="https://git.example/a/b.git")
    parameters = models.GitImportRequestParameters(git_source=source)
    settings = {"COUNT": "1", "KEY_0": "url.file:///nowhere/.insteadOf", "VALUE_0": "https://git.example/"}
    for name, value in settings.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    asked = client.create_import_request(models.GitImportRequest(parameters=parameters), "ml", made.id)
    repository.served.hear()
    failed = client.get_import_request("ml", made.id, asked.import_request_id)
    assert failed.status == "failed"
    assert "does not appear to be a git repository" in failed.detailed_status.error_message
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{repository.git.directory}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://git.example/a/b.git")
    again = models.GitImportRequest(status="queued")
    client.update_import_request(again, "ml", made.id, asked.import_request_id)
    repository.served.hear()
    assert client.get_import_request("ml", made.id, asked.import_request_id).status == "completed"
    assert "refs/heads/main" in [ref.name for ref in client.get_refs(made.id, "ml")]


@both_sets
def test_refs_answer_one_by_one_for_what_became_of_them(client, repository):
    main = tip(repository)
    wanted = [
        ("refs/heads/new", ZERO, main),
        ("refs/heads/change", ZERO, main),
        ("refs/heads/none", ZERO, "1" * 40),
        ("refs/heads/bad..name", ZERO, main),
        ("refs/heads/main/below", ZERO, main),
    ]
    updates = [models.GitRefUpdate(name=n, old_object_id=o, new_object_id=c) for n, o, c in wanted]
    results = client.update_refs(updates, repository.name, "ml")
    assert [each.update_status for each in results] == [
        "succeeded",
        "staleOldObjectId",
        "unresolvableToCommit",
        "invalidRefName",
        "refNameConflict",
    ]
    found = client.get_refs(repository.name, "ml", filter_contains="ne")
    assert [(ref.name, ref.creator.unique_name) for ref in found] == [("refs/heads/new", "grace@example.com")]


def test_a_locked_branch_takes_pushes_of_who_locked_it_only(client, repository):
    locked = client.update_ref(models.GitRefUpdate(is_locked=True), repository.name, "heads/change", "ml")
    assert (locked.is_locked, locked.is_locked_by.unique_name) == (True, "grace@example.com")
    repository.git("checkout", "-q", "change")
    repository.git.commit({"b.txt": "b"})
    ada = repository.git.url(repository.name).replace(
        repository.served.token("grace"), repository.served.token("ada")
    )
    refused = repository.git("push", ada, "change", check=False)
    assert "locked by Grace Hopper" in refused
    repository.git("push", "-q", "origin", "change")


def test_tags_are_made_peeled_and_read(client, repository):
    tag = models.GitAnnotatedTag(
        name="v1", message="First", tagged_object=models.GitObject(object_id=tip(repository))
    )
    made = client.create_annotated_tag(tag, "ml", repository.name)
    assert (made.name, made.tagged_object.object_type) == ("v1", "commit")
    assert client.get_annotated_tag("ml", repository.name, made.object_id).message == "First"
    (ref,) = client.get_refs(repository.name, "ml", filter="tags/", peel_tags=True)
    assert (ref.object_id, ref.peeled_object_id) == (made.object_id, tip(repository))
    with pytest.raises(AzureDevOpsServiceError, match="already exists"):
        client.create_annotated_tag(tag, "ml", repository.name)


def test_branches_are_compared_with_the_base(client, repository):
    found = {each.name: each for each in client.get_branches(repository.name, "ml")}
    assert (found["change"].ahead_count, found["change"].behind_count) == (1, 0)
    assert found["main"].is_base_version
    assert client.get_branch(repository.name, "change", "ml").commit.commit_id == tip(repository, "change")


@both_sets
def test_commits_are_found_by_what_they_are(client, repository):
    for number in range(3):
        repository.push("main", {f"n{number}.txt": str(number)})
    search = models.GitQueryCommitsCriteria
    newest = client.get_commits(repository.name, search(), "ml", top=2)
    assert newest[0].commit_id == tip(repository)
    assert len(newest) == 2
    assert len(client.get_commits(repository.name, search(item_path="/n1.txt"), "ml")) == 1
    assert client.get_commits(repository.name, search(author="nobody"), "ml") == []
    assert len(client.get_commits(repository.name, search(author="lovelace"), "ml")) == 5
    first = client.get_commits(repository.name, search(show_oldest_commits_first=True), "ml", top=1)
    assert first[0].commit_id == repository.git("rev-list", "--max-parents=0", "HEAD").strip()
    since = search(from_commit_id=newest[1].commit_id, to_commit_id=newest[0].commit_id)
    assert [each.commit_id for each in client.get_commits(repository.name, since, "ml")] == [
        newest[0].commit_id
    ]
    batch = client.get_commits_batch(search(ids=[newest[1].commit_id]), repository.name, "ml")
    assert [each.commit_id for each in batch] == [newest[1].commit_id]


def test_a_commit_shows_its_changes_and_its_push(client, repository):
    repository.git("mv", "a.txt", "renamed.txt")
    commit = repository.push("change", {"sub/b.txt": "y\n"})
    found = client.get_changes(commit, repository.name, "ml")
    kinds = {each["item"]["path"]: each["changeType"] for each in found.changes}
    assert kinds == {"/renamed.txt": "rename", "/sub/b.txt": "edit"}
    assert client.get_commit(commit, repository.name, "ml").push.pushed_by.unique_name == "grace@example.com"
    base = client.get_merge_bases(repository.name, commit, tip(repository), "ml")
    assert [each.commit_id for each in base] == [tip(repository)]


def test_statuses_are_posted_on_commits(client, repository):
    for state in ("pending", "succeeded"):
        status = models.GitStatus(state=state, context=models.GitStatusContext(name="scan", genre="ci"))
        client.create_commit_status(status, tip(repository), repository.name, "ml")
    assert [each.state for each in client.get_statuses(tip(repository), repository.name, "ml")] == [
        "succeeded",
        "pending",
    ]
    latest = client.get_statuses(tip(repository), repository.name, "ml", latest_only=True)
    assert [each.state for each in latest] == ["succeeded"]


@both_sets
def test_items_come_as_lists_texts_bytes_and_archives(client, repository):
    listed = client.get_items(repository.name, "ml", scope_path="/", recursion_level="oneLevel")
    assert [(each.path, each.is_folder) for each in listed] == [
        ("/", True),
        ("/a.txt", None),
        ("/sub", True),
    ]
    assert whole(client.get_item_text(repository.name, "/a.txt", "ml")) == b"one\n"
    item = client.get_item(
        repository.name, "/a.txt", "ml", include_content=True, latest_processed_change=True
    )
    assert (item.content, item.content_metadata.file_name) == ("one\n", "a.txt")
    assert item.latest_processed_change.commit_id == tip(repository)
    packed = whole(client.get_item_zip(repository.name, "/sub", "ml"))
    assert zipfile.ZipFile(io.BytesIO(packed)).read("sub/b.txt") == b"x\n"
    descriptor = models.GitItemDescriptor(
        path="/", version="change", version_type="branch", recursion_level="full"
    )
    (found,) = client.get_items_batch(
        models.GitItemRequestData(item_descriptors=[descriptor]), repository.name, "ml"
    )
    assert [each.path for each in found] == ["/", "/a.txt", "/sub", "/sub/b.txt"]


def test_an_earlier_version_is_asked_for_by_options(client, repository):
    options = models.GitVersionDescriptor(
        version="change", version_type="branch", version_options="firstParent"
    )
    assert (
        client.get_item(
            repository.name, "/a.txt", "ml", version_descriptor=options, include_content=True
        ).content
        == "one\n"
    )


def test_trees_and_blobs_by_their_ids(client, repository):
    tree = repository.git("rev-parse", "main^{tree}").strip()
    found = client.get_tree(repository.name, tree, "ml")
    assert [(each.relative_path, each.git_object_type) for each in found.tree_entries] == [
        ("a.txt", "blob"),
        ("sub", "tree"),
    ]
    blob = found.tree_entries[0].object_id
    assert client.get_blob(repository.name, blob, "ml").size == 4
    assert whole(client.get_blob_content(repository.name, blob, "ml")) == b"one\n"
    archive = zipfile.ZipFile(io.BytesIO(whole(client.get_blobs_zip([blob], repository.name, "ml"))))
    assert archive.read(blob) == b"one\n"
    with pytest.raises(AzureDevOpsServiceError, match="TF401035"):
        client.get_blob(repository.name, "1" * 40, "ml")


def change(kind, path, content=None, **more):
    value = {"changeType": kind, "item": {"path": path}, **more}
    return {**value, "newContent": content} if content else value


@both_sets
def test_a_push_by_rest_makes_several_commits_of_every_kind_and_equals_a_git_push(client, repository):
    text = {"content": "hi", "contentType": "rawtext"}
    encoded = {"content": "AAEC", "contentType": "base64encoded"}
    push = {
        "refUpdates": [{"name": "refs/heads/rest", "oldObjectId": tip(repository)}],
        "commits": [
            {
                "comment": "one",
                "changes": [change("add", "/new.txt", text), change("edit", "/a.txt", encoded)],
            },
            {
                "comment": "two",
                "changes": [
                    change("rename", "/moved.txt", sourceServerItem="/sub/b.txt"),
                    change("delete", "/new.txt"),
                ],
            },
        ],
    }
    made = client.create_push(push, repository.name, "ml")
    assert [each.comment for each in made.commits] == ["two", "one"]
    assert made.ref_updates[0].old_object_id == ZERO
    repository.git("fetch", "-q", "origin")
    names = repository.git("ls-tree", "-r", "--name-only", "origin/rest").split()
    assert names == ["a.txt", "moved.txt"]
    assert repository.git("log", "-1", "--format=%P", "origin/rest").strip() == made.commits[1].commit_id
    fact = repository.served.facts("RefUpdated")[-1]
    repository.push("git", {"z.txt": "z"})
    other = repository.served.facts("RefUpdated")[-1]
    assert set(fact.detail) == set(other.detail)
    assert other.detail["pushId"] == fact.detail["pushId"] + 1
    criteria = models.GitPushSearchCriteria(ref_name="refs/heads/rest", include_ref_updates=True)
    (listed,) = client.get_pushes(repository.name, "ml", search_criteria=criteria)
    assert listed.push_id == made.push_id
    assert len(client.get_push(repository.name, made.push_id, "ml", include_commits=10).commits) == 2


def test_two_versions_are_compared(client, repository):
    base = models.GitBaseVersionDescriptor(base_version="main", base_version_type="branch")
    target = models.GitTargetVersionDescriptor(target_version="change", target_version_type="branch")
    found = client.get_commit_diffs(
        repository.name, "ml", base_version_descriptor=base, target_version_descriptor=target
    )
    assert [each["item"]["path"] for each in found.changes] == ["/a.txt"]
    assert (found.ahead_count, found.behind_count, found.common_commit) == (1, 0, tip(repository))
    assert found.change_counts == {"Edit": 1}


def test_the_server_merges_picks_and_reverts(client, repository):
    repository.git("checkout", "-q", "main")
    repository.push("main", {"other.txt": "o\n"})
    parents = [tip(repository), tip(repository, "change")]
    merged = client.create_merge_request(models.GitMergeParameters(parents=parents), "ml", repository.name)
    assert merged.status == "completed"
    again = client.get_merge_request("ml", repository.name, merged.merge_operation_id)
    assert again.detailed_status.merge_commit_id == merged.detailed_status.merge_commit_id
    source = models.GitAsyncRefOperationSource(commit_list=[models.GitCommitRef(commit_id=parents[1])])
    asked = {"source": source, "onto_ref_name": "refs/heads/main"}
    wanted = models.GitAsyncRefOperationParameters(generated_ref_name="refs/heads/picked", **asked)
    picked = client.create_cherry_pick(wanted, "ml", repository.name)
    assert (picked.status, picked.detailed_status.conflict) == ("completed", False)
    repository.git("fetch", "-q", "origin")
    assert repository.git("show", "origin/picked:a.txt") == "two\n"
    assert repository.git("show", "origin/picked:other.txt") == "o\n"
    asked["onto_ref_name"] = "refs/heads/picked"
    wanted = models.GitAsyncRefOperationParameters(generated_ref_name="refs/heads/undone", **asked)
    undone = client.create_revert(wanted, "ml", repository.name)
    repository.git("fetch", "-q", "origin")
    assert repository.git("show", "origin/undone:a.txt") == "one\n"
    assert client.get_revert("ml", undone.revert_id, repository.name).status == "completed"


def test_a_pick_with_a_conflict_fails_and_makes_no_branch(client, repository):
    repository.git("checkout", "-q", "main")
    repository.push("main", {"a.txt": "three\n"})
    commit = models.GitCommitRef(commit_id=tip(repository, "change"))
    wanted = models.GitAsyncRefOperationParameters(
        source=models.GitAsyncRefOperationSource(commit_list=[commit]),
        onto_ref_name="refs/heads/main",
        generated_ref_name="refs/heads/picked",
    )
    picked = client.create_cherry_pick(wanted, "ml", repository.name)
    assert (picked.status, picked.detailed_status.conflict) == ("failed", True)
    assert "picked" not in repository.git("ls-remote", "origin")


def test_favorites_and_suggestions(client, repository):
    wanted = models.GitRefFavorite(name="refs/heads/main", repository_id=repository.id, type="ref")
    made = client.create_favorite(wanted, "ml")
    assert [each.name for each in client.get_ref_favorites("ml", repository_id=repository.id)] == [
        "refs/heads/main"
    ]
    client.delete_ref_favorite("ml", made.id)
    assert client.get_ref_favorites("ml", repository_id=repository.id) == []
    (found,) = client.get_suggestions(repository.name, "ml")
    assert found.properties["sourceBranch"] == "refs/heads/change"
