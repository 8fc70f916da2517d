"""Reads of what remembered resources never come to have: steps, subscriptions, extensions, other views of a list."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.compute import INFERENCE_RECOMMENDATIONS_JOB, LABELING_JOB, TRAINING_PLAN
from simulator.aws.sagemaker.kinds.inference import INFERENCE_COMPONENT
from simulator.aws.sagemaker.kinds.people import WORKTEAM
from simulator.aws.sagemaker.naming import key_of
from simulator.aws.sagemaker.paging import cut
from simulator.kernel.errors import CallerError


@memory("sagemaker", "ListInferenceRecommendationsJobSteps")
async def list_inference_recommendations_job_steps(call: Call) -> Answer:
    """None: the job never begins."""
    resources.fetch(call.kernel, INFERENCE_RECOMMENDATIONS_JOB, call.key(call.params["JobName"]))
    return {"Steps": []}


@memory("sagemaker", "ListLabelingJobsForWorkteam")
async def list_labeling_jobs_for_workteam(call: Call) -> Answer:
    """The labeling jobs that a team is to do."""
    team = call.params["WorkteamArn"]
    resources.fetch(call.kernel, WORKTEAM, key_of(call, team))
    found = [
        {
            "LabelingJobName": row["LabelingJobName"],
            "JobReferenceCode": row["JobReferenceCode"],
            "WorkRequesterAccountId": call.account,
            "CreationTime": row["CreationTime"],
        }
        for _, row in call.kernel.store.scan(LABELING_JOB.row, call.key(""))
        if row.get("HumanTaskConfig", {}).get("WorkteamArn") == team
    ]
    return cut(call, "LabelingJobSummaryList", sorted(found, key=lambda each: str(each["CreationTime"])))


@memory("sagemaker", "ListSubscribedWorkteams")
async def list_subscribed_workteams(call: Call) -> Answer:
    """None: nobody subscribes to the Marketplace here."""
    return {"SubscribedWorkteams": []}


@memory("sagemaker", "DescribeSubscribedWorkteam")
async def describe_subscribed_workteam(call: Call) -> Answer:
    """No subscription is ever there."""
    raise CallerError("ValidationException", f'Could not find work team "{call.params["WorkteamArn"]}".')


@memory("sagemaker", "ListResourceCatalogs")
async def list_resource_catalogs(call: Call) -> Answer:
    """None: no catalogue was shared."""
    return {"ResourceCatalogs": []}


@memory("sagemaker", "DescribeTrainingPlanExtensionHistory")
async def describe_training_plan_extension_history(call: Call) -> Answer:
    """None: no plan is ever extended."""
    resources.fetch(call.kernel, TRAINING_PLAN, key_of(call, call.params["TrainingPlanArn"]))
    return {"TrainingPlanExtensions": []}


@memory("sagemaker", "DescribeReservedCapacity")
async def describe_reserved_capacity(call: Call) -> Answer:
    """No capacity is ever reserved."""
    raise CallerError("ResourceNotFound", f"{call.params['ReservedCapacityArn']} does not exist.")


@memory("sagemaker", "ListUltraServersByReservedCapacity")
async def list_ultra_servers_by_reserved_capacity(call: Call) -> Answer:
    """No capacity is ever reserved."""
    raise CallerError("ResourceNotFound", f"{call.params['ReservedCapacityArn']} does not exist.")


@memory("sagemaker", "ListClusterExtensionVersions")
async def list_cluster_extension_versions(call: Call) -> Answer:
    """None: which versions there are is the service's to say."""
    return {"ExtensionVersions": []}


@memory("sagemaker", "UpdateInferenceComponentRuntimeConfig")
async def update_inference_component_runtime_config(call: Call) -> Answer:
    """How many copies a component is to have; none runs."""
    key = call.key(call.params["InferenceComponentName"])
    wanted = {"DesiredCopyCount": call.params["DesiredRuntimeConfig"]["CopyCount"], "CurrentCopyCount": 0}
    row = resources.change(call.kernel, INFERENCE_COMPONENT, key, {"RuntimeConfig": wanted})
    return {"InferenceComponentArn": row["InferenceComponentArn"]}
