"""The tasks of the AWS toolkit in a pipeline: each runs its program against AWS over the wire, in the task's words."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from simulator.azure_devops.pipelines.tasks.effects import EFFECTS
from simulator.azure_devops.task_definitions import aws
from simulator.runtime.engine_scripted import Script
from tests.aws.lambda_.functions import ended
from tests.azure_devops.tasks.programs import TaskWorld

ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
TEMPLATE = json.dumps(
    {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}}},
        "Outputs": {"Made": {"Value": {"Ref": "Bucket"}}},
    }
)


@pytest.fixture
def staging(world: TaskWorld):
    """A client of a service of the staging account."""
    return lambda service: world.simulator.client(service, "azure-devops", role=ROLE)


@pytest.fixture
def run(world: TaskWorld):
    """Run tasks, one after another: each is its name and inputs, a plain text is a script; result and log."""

    def step(task):
        if isinstance(task, str):
            return f"  - bash: {json.dumps(task)}\n"
        name, inputs = task
        given = {"awsCredentials": "aws-staging", "regionName": "us-east-1", **inputs}
        return f"  - task: {name}@1\n    inputs: {json.dumps(given)}\n"

    def go(*tasks, files=None, checkout=False):
        head = "  - checkout: self\n" if checkout else "  - checkout: none\n"
        return world.run(head + "".join(step(task) for task in tasks), files)

    return go


def test_every_task_of_the_toolkit_has_its_inputs_and_an_effect():
    assert len(aws.tasks()) == 22
    assert {(task.name, task.version) for task in aws.tasks()} <= set(EFFECTS)


def test_files_go_to_a_bucket_and_come_back(run, staging):
    upload = {"bucketName": "up-and-down", "sourceFolder": "site", "globExpressions": "**/*.html\n!**/draft*"}
    more = {
        "targetFolder": "www",
        "createBucket": True,
        "cacheControl": "**=max-age=60",
        "filesAcl": "private",
    }
    result, log = run(
        "mkdir -p site/a && echo one > site/index.html && echo two > site/a/b.html && touch site/draft.html site/x.md",
        ("S3Upload", {**upload, **more}),
        ("S3Download", {"bucketName": "up-and-down", "sourceFolder": "www", "targetFolder": "back"}),
        "cat back/www/index.html back/www/a/b.html",
    )
    assert result == "succeeded", log
    s3 = staging("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="up-and-down")["Contents"]]
    head = s3.head_object(Bucket="up-and-down", Key="www/index.html")
    assert keys == ["www/a/b.html", "www/index.html"]
    assert (head["ContentType"], head["CacheControl"]) == ("text/html", "max-age=60")
    assert "Attempting to create in region us-east-1." in log
    assert "All uploads to S3 completed" in log
    assert "Downloads from S3 completed" in log


def test_a_bucket_that_is_not_there_fails_in_the_tasks_words(run):
    result, log = run(("S3Upload", {"bucketName": "nowhere-at-all"}))
    assert result == "failed"
    told = (
        "Bucket nowhere-at-all does not exist or you do not have access. Auto-create option not set, cannot"
    )
    assert f"##[error]Error: {told} continue." in log
    assert run(("S3Download", {"bucketName": "nowhere-at-all", "targetFolder": "x"}))[0] == "failed"


def test_a_secret_is_made_changed_and_read_and_never_shown(run, staging):
    name = {"secretNameOrId": "db/password"}
    make = {**name, "secretValue": "first-value-1", "autoCreateSecret": True, "tags": "team=ml"}
    again = {**name, "secretValue": "second-value-2", "versionIdOutputVariable": "version"}
    result, log = run(
        ("SecretsManagerCreateOrUpdateSecret", make),
        ("SecretsManagerCreateOrUpdateSecret", again),
        ("SecretsManagerGetSecret", {"secretIdOrName": "db/password", "variableName": "found"}),
        'echo "is $(found) and $(version)"; test "$(found)" = second-value-2',
    )
    assert result == "succeeded", log
    assert "is *** and " in log
    assert "attempting to create a new secret." in log
    assert "Successfully read the secret into the build variable 'found'." in log
    tags = staging("secretsmanager").describe_secret(SecretId="db/password")["Tags"]
    assert tags == [{"Key": "team", "Value": "ml"}]


def test_a_secret_that_is_not_there_is_not_made_unasked(run):
    given = {"secretNameOrId": "absent", "secretValue": "x"}
    result, log = run(("SecretsManagerCreateOrUpdateSecret", given))
    assert (result, "Specified secret does not exist, cannot proceed with update." in log) == ("failed", True)


def test_parameters_are_set_and_become_variables(run):
    secure = {
        "parameterName": "/app/key",
        "parameterType": "SecureString",
        "parameterValue": "hidden-value-3",
    }
    plain = {"parameterName": "/app/url", "parameterType": "String", "parameterValue": "https://x"}
    single = {"parameterName": "/app/url", "singleNameTransform": "custom", "customVariableName": "where"}
    result, log = run(
        ("SystemsManagerSetParameter", secure),
        ("SystemsManagerSetParameter", {**secure, "parameterType": "String"}),
        ("SystemsManagerSetParameter", plain),
        ("SystemsManagerGetParameter", single),
        (
            "SystemsManagerGetParameter",
            {"readMode": "hierarchy", "parameterPath": "app", "hierarchyNameTransform": "leaf"},
        ),
        'echo "at $(where) $(url) with $(key)"',
    )
    assert result == "succeeded", log
    assert "at https://x https://x with ***" in log
    assert "secure mode will be retained after update." in log
    assert "Setting variable key from parameter /app/key, is secret = true" in log


def test_a_parameter_that_is_not_there_fails_with_awss_error(run):
    result, log = run(("SystemsManagerGetParameter", {"parameterName": "/absent"}))
    assert (result, "##[error]ParameterNotFound: " in log) == ("failed", True)


def test_messages_reach_a_topic_and_a_queue(run, staging):
    sqs, sns = staging("sqs"), staging("sns")
    queue = sqs.create_queue(QueueName="mail")["QueueUrl"]
    topic = sns.create_topic(Name="news")["TopicArn"]
    result, log = run(
        ("SendMessage", {"messageTarget": "queue", "queueUrl": queue, "message": "hello"}),
        ("SendMessage", {"topicArn": topic, "message": "news"}),
    )
    assert result == "succeeded", log
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "hello"
    result, log = run(("SendMessage", {"topicArn": f"{topic}-not", "message": "x"}))
    assert (result, f"Topic {topic}-not does not exist" in log) == ("failed", True)


def test_a_stack_is_made_changed_by_change_set_and_deleted(run, staging):
    stack = {"stackName": "tasks", "templateFile": "template.json", "templateParametersSource": "inline"}
    first = {**stack, "templateParameters": '[{"ParameterKey": "Name", "ParameterValue": "made-by-task-1"}]'}
    second = {**stack, "templateParameters": "- ParameterKey: Name\n  ParameterValue: made-by-task-2"}
    change_set = {"useChangeSet": True, "changeSetName": "change", "autoExecuteChangeSet": False}
    execute = {"changeSetName": "change", "stackName": "tasks", "captureStackOutputs": "asJSON"}
    result, log = run(
        (
            "CloudFormationCreateOrUpdateStack",
            {**first, "captureStackOutputs": "asVariables", "captureAsSecuredVars": False},
        ),
        'echo "made $(Made)"',
        ("CloudFormationCreateOrUpdateStack", first),
        ("CloudFormationCreateOrUpdateStack", {**second, **change_set}),
        ("CloudFormationExecuteChangeSet", {**execute, "captureAsSecuredVars": False}),
        "echo '$(tasksOutputs)'",
        ("CloudFormationDeleteStack", {"stackName": "tasks"}),
        files={"template.json": TEMPLATE},
        checkout=True,
    )
    assert result == "succeeded", log
    assert "made made-by-task-1" in log
    assert "##[warning]WARNING: no changes were detected for the template or change set." in log
    assert '[{"OutputKey":"Made","OutputValue":"made-by-task-2"}]' in log
    assert "Stack successfully deleted" in log
    result, log = run(("CloudFormationDeleteStack", {"stackName": "tasks"}))
    assert (result, "##[error]Error: Stack tasks does not exist" in log) == ("failed", True)


def test_a_function_is_deployed_and_invoked(run, staging, world):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return event\n")
    world.push({"code.zip": code.getvalue()})
    role = staging("iam").create_role(
        RoleName="ForFunctions",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )
    assert role
    whole = {
        "deploymentMode": "codeandconfiguration",
        "functionHandler": "app.handler",
        "roleARN": "ForFunctions",
    }
    deploy = {"functionName": "echo", "localZipFile": "code.zip", "runtime": "python3.11"}
    more = {"environment": "STAGE=test\nAGE=b", "tags": "team=ml", "outputVariable": "arn"}
    result, log = run(
        ("LambdaDeployFunction", {**deploy, **whole, **more}),
        ("LambdaDeployFunction", deploy),
        'echo "deployed $(arn)"',
        checkout=True,
    )
    assert result == "succeeded", log
    assert "deployed arn:aws:lambda:us-east-1:333333333333:function:echo" in log
    found = staging("lambda").get_function_configuration(FunctionName="echo")
    assert found["Environment"]["Variables"] == {"STAGE": "test", "AGE": "b"}
    world.engine.script(
        "lambda_python",
        Script(
            answer=lambda request: ended({"got": json.loads(request.body)}, lines=["said by the function"])
        ),
    )
    invoke = {"functionName": "echo", "payload": '{"a": 1}', "logType": "Tail", "outputVariable": "answer"}
    result, log = run(("LambdaInvokeFunction", invoke), "echo 'answered $(answer)'")
    assert result == "succeeded", log
    assert 'answered {"got": {"a": 1}}' in log
    result, log = run(("LambdaInvokeFunction", {"functionName": "not-there"}))
    assert (result, "##[error]Error: Function not-there does not exist" in log) == ("failed", True)


def test_an_image_goes_to_a_repository_that_is_made_for_it_and_comes_back(run, staging, world):
    world.tool("docker", '[ "$1" = login ] && echo "never seen" || echo "docker $*"')
    push = {"sourceImageName": "app", "repositoryName": "App Repo", "forceDockerNamingConventions": True}
    result, log = run(
        ("ECRPushImage", {**push, "pushTag": "v1", "autoCreateRepository": True, "outputVariable": "image"}),
        ("ECRPullImage", {"repository": "apprepo", "imageTag": "v1"}),
        'echo "pushed $(image)"',
    )
    assert result == "succeeded", log
    image = "333333333333.dkr.ecr.us-east-1.amazonaws.com/apprepo:v1"
    assert f"docker tag app:latest {image}" in log
    assert f"docker push {image}" in log
    assert f"docker pull {image}" in log
    assert f"pushed {image}" in log
    assert "never seen" not in log
    assert staging("ecr").describe_repositories()["repositories"][0]["repositoryName"] == "apprepo"


def test_a_bundle_becomes_a_version_of_a_beanstalk_application(run, staging, world):
    beanstalk = staging("elasticbeanstalk")
    beanstalk.create_application(ApplicationName="shop")
    version = {"applicationName": "shop", "applicationType": "aspnetCoreWindows", "dotnetPublishPath": "out"}
    more = {"versionLabel": "v7", "description": "seventh", "outputVariable": "label"}
    deploy = {**version, "environmentName": "prod", "versionLabel": "v8"}
    result, log = run(
        "mkdir -p out/wwwroot && echo page > out/wwwroot/index.html",
        ("BeanstalkCreateApplicationVersion", {**version, **more}),
        'echo "made $(label)"',
        ("BeanstalkDeployApplication", deploy),
    )
    assert "made v7" in log
    assert "Created version v7, 'seventh', for application shop" in log
    assert "Creation of new revision completed successfully" in log
    (made,) = beanstalk.describe_application_versions(ApplicationName="shop")["ApplicationVersions"]
    place = {"Bucket": made["SourceBundle"]["S3Bucket"], "Key": made["SourceBundle"]["S3Key"]}
    assert place["Key"] == "shop/ebDeploymentBundle-v7.zip"
    with zipfile.ZipFile(io.BytesIO(staging("s3").get_object(**place)["Body"].read())) as archive:
        manifest = json.loads(archive.read("aws-windows-deployment-manifest.json"))
        assert archive.read("app/wwwroot/index.html") == b"page\n"
    assert manifest["deployments"]["aspNetCoreWeb"][0]["parameters"]["appBundle"] == "/app/"
    # Nothing runs an application here, so nothing can have made an environment to deploy it to.
    assert result == "failed"
    assert "##[error]Error: Environment prod does not exist for the application shop" in log


def test_a_beanstalk_application_that_is_not_there_fails_in_the_tasks_words(run):
    given = {"applicationName": "none", "applicationType": "s3", "deploymentBundleBucket": "b"}
    result, log = run(("BeanstalkCreateApplicationVersion", {**given, "deploymentBundleKey": "k"}))
    assert (result, "##[error]Error: Application none does not exist" in log) == ("failed", True)


def test_a_revision_is_sent_and_its_deployment_ends_as_codedeploy_says(run, staging):
    deploy, s3 = staging("codedeploy"), staging("s3")
    s3.create_bucket(Bucket="revisions")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "codedeploy.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = staging("iam").create_role(RoleName="Deploys", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    deploy.create_application(applicationName="web")
    group = {"applicationName": "web", "deploymentGroupName": "fleet"}
    deploy.create_deployment_group(**group, serviceRoleArn=role)
    given = {**group, "bucketName": "revisions", "revisionBundle": "out", "bundlePrefix": "builds"}
    result, log = run(
        "mkdir -p out && echo 'version: 0.0' > out/appspec.yml",
        (
            "CodeDeployDeployApplication",
            {**given, "outputVariable": "deployment", "description": "by a task"},
        ),
    )
    assert result == "failed", log
    (key,) = [item["Key"] for item in s3.list_objects_v2(Bucket="revisions")["Contents"]]
    assert key.startswith("builds/web.v")
    with zipfile.ZipFile(io.BytesIO(s3.get_object(Bucket="revisions", Key=key)["Body"].read())) as archive:
        assert archive.namelist() == ["appspec.yml"]
    (identifier,) = deploy.list_deployments(**group)["deployments"]
    found = deploy.get_deployment(deploymentId=identifier)["deploymentInfo"]
    assert found["errorInformation"]["code"] == "NO_INSTANCES"
    assert (found["description"], found["revision"]["s3Location"]["key"]) == ("by a task", key)
    assert f"for application web, deployment ID {identifier}" in log
    assert "Setting output variable deployment with the ID of the deployment" in log
    assert "##[error]Error: Deployment failed web Resource is not in the state deploymentSuccessful" in log
    absent = {**group, "deploymentRevisionSource": "s3", "bucketName": "revisions", "bundleKey": "none.zip"}
    result, log = run(("CodeDeployDeployApplication", absent))
    text = "##[error]Error: Archive with key none.zip does not exist in the Amazon S3 bucket revisions"
    assert (result, text in log) == ("failed", True)


def test_the_dotnet_on_path_deploys_a_function_with_the_tasks_keys(run, world):
    given = {
        "functionName": "f",
        "functionRole": "R",
        "functionMemory": "256",
        "additionalArgs": '--tags "a=b c"',
    }
    package = {"packageOnly": True, "packageOutputFile": "out.zip", "command": "deployServerless"}
    settings = 'echo \'{"profile":"mine","region":"x"}\' > p/aws-lambda-tools-defaults.json'
    world.tool(
        "dotnet",
        '[ "$1" = tool ] && exit 1; echo "dotnet $# $* in $(basename "$PWD") as ${AWS_ACCESS_KEY_ID:0:4}"',
    )
    result, log = run(
        f"mkdir p && {settings}",
        ("LambdaNETCoreDeploy", {"lambdaProjectPath": "p", **given}),
        ("LambdaNETCoreDeploy", {"lambdaProjectPath": "p", **package}),
        "cat p/aws-lambda-tools-defaults.json",
    )
    assert result == "succeeded", log
    assert "dotnet 1 restore in p as ASIA" in log
    words = "lambda deploy-function --region us-east-1 -fn f --function-role R --function-memory-size 256"
    assert f"dotnet 14 {words} --disable-interactive true --tags a=b c in p as ASIA" in log
    assert "Clearing out profile mine so task credentials will be used." in log
    assert '{"profile":"","region":"x"}' in log
    assert "##[error]Unable to install global Amazon.Lambda.Tools!" in log
    assert "lambda package-ci -ot " in log
    assert "Completed packaging of the project" in log


def test_the_powershell_module_has_no_handler_for_this_agent(run):
    """As in Azure DevOps, where the task is for Windows only; jobs with a Windows image are refused by name."""
    result, log = run(("AWSPowerShellModuleScript", {"scriptType": "inline", "inlineScript": "x"}))
    assert (result, "A supported task execution handler was not found." in log) == ("failed", True)


def test_a_command_for_instances_ends_with_what_systems_manager_answers(run):
    given = {"documentName": "AWS-RunShellScript", "instanceIds": "i-0123456789abcdef0"}
    result, log = run(("SystemsManagerRunCommand", given))
    assert "Configuring credentials for task" in log
    assert (result == "succeeded") is ("unique command ID returned by the service was" in log)


def test_a_command_of_the_cli_is_shown_and_its_failure_is_the_steps(run):
    result, log = run(
        ("AWSCLI", {"awsCommand": "s3", "awsSubCommand": "ls", "awsArguments": "s3://no-such-bucket-1"})
    )
    assert result == "failed"
    assert "aws s3 ls s3://no-such-bucket-1" in log
    assert "failed with exit code" in log
