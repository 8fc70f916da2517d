"""Operations of which a memory would be a lie: refused by name, with the reason."""

from __future__ import annotations

from simulator.aws.behaviour import refuse

_LINK = "The link would lead to an application that does not run here."
_OFFER = "What AWS has to sell, and at what price, is not known here."
_CATALOGUE = "The schemas are AWS's own and are not published with the SDK."

for _operation, _why in {
    "CreatePresignedDomainUrl": _LINK,
    "CreatePresignedMlflowAppUrl": _LINK,
    "CreatePresignedMlflowTrackingServerUrl": _LINK,
    "CreatePresignedNotebookInstanceUrl": _LINK,
    "CreatePartnerAppPresignedUrl": _LINK,
    "CreateHubContentPresignedUrls": "The files of hub contents are not kept here.",
    "StartSession": "There is no space in which a session could run.",
    "SearchTrainingPlanOfferings": _OFFER,
    "ExtendTrainingPlan": _OFFER,
    "DescribeJobSchemaVersion": _CATALOGUE,
    "ListJobSchemaVersions": _CATALOGUE,
    "GetScalingConfigurationRecommendation": "It would come from measurements that no job has made.",
    "RenderUiTemplate": "Templates of worker pages are not rendered here.",
}.items():
    refuse("sagemaker", _operation, _why)

refuse("sagemaker-runtime", "InvokeEndpointAsync", "Asynchronous endpoints are not simulated.")
refuse("sagemaker-runtime", "InvokeEndpointWithResponseStream", "Streamed answers are not simulated.")
