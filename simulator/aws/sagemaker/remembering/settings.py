"""Small things said once: endpoint policies, the service catalogue portfolio, alerts of monitoring schedules."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.monitoring import MONITORING_SCHEDULE
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.naming import arn_of
from simulator.aws.sagemaker.paging import cut
from simulator.kernel.errors import CallerError

_POLICY, _PORTFOLIO, _ALERT = "sagemaker.endpoint_policy", "sagemaker.portfolio", "sagemaker.monitoring_alert"


def _endpoint(call: Call) -> str:
    key = call.key(call.params["EndpointName"])
    if call.kernel.store.get(ENDPOINT.row, key) is None:
        raise CallerError("ResourceNotFound", f'Could not find endpoint "{arn_of(ENDPOINT, key)}".')
    return key


@memory("sagemaker", "PutEndpointPolicy")
async def put_endpoint_policy(call: Call) -> Answer:
    """Keep the policy of an endpoint; nobody's calls are judged by it."""
    key = _endpoint(call)
    call.kernel.store.put(_POLICY, key, {"ResourcePolicy": call.params["ResourcePolicy"]})
    return {"EndpointArn": arn_of(ENDPOINT, key)}


@memory("sagemaker", "GetEndpointPolicy")
async def get_endpoint_policy(call: Call) -> Answer:
    """The policy of an endpoint."""
    key = _endpoint(call)
    policy = call.kernel.store.get(_POLICY, key)
    if policy is None:
        raise CallerError(
            "ResourceNotFound", f"Endpoint {call.params['EndpointName']} has no resource policy."
        )
    return {"EndpointName": call.params["EndpointName"], "EndpointArn": arn_of(ENDPOINT, key), **policy}


@memory("sagemaker", "DeleteEndpointPolicy")
async def delete_endpoint_policy(call: Call) -> Answer:
    """No policy any more."""
    call.kernel.store.delete(_POLICY, _endpoint(call))
    return {}


@memory("sagemaker", "EnableSagemakerServicecatalogPortfolio")
async def enable_portfolio(call: Call) -> Answer:
    """Enabled; there is no catalogue behind it."""
    call.kernel.store.put(_PORTFOLIO, call.key(""), {"Status": "Enabled"})
    return {}


@memory("sagemaker", "DisableSagemakerServicecatalogPortfolio")
async def disable_portfolio(call: Call) -> Answer:
    """Disabled."""
    call.kernel.store.put(_PORTFOLIO, call.key(""), {"Status": "Disabled"})
    return {}


@memory("sagemaker", "GetSagemakerServicecatalogPortfolioStatus")
async def get_portfolio_status(call: Call) -> Answer:
    """Whether it was enabled."""
    return call.kernel.store.get(_PORTFOLIO, call.key("")) or {"Status": "Disabled"}


def _schedule(call: Call) -> str:
    key = call.key(call.params["MonitoringScheduleName"])
    resources.fetch(call.kernel, MONITORING_SCHEDULE, key)
    return key


@memory("sagemaker", "UpdateMonitoringAlert")
async def update_monitoring_alert(call: Call) -> Answer:
    """Keep the bounds of an alert; it never goes off."""
    key, params = _schedule(call), call.params
    place = f"{key}/{params['MonitoringAlertName']}"
    now = call.kernel.clock.now()
    known = call.kernel.store.get(_ALERT, place) or {"CreationTime": now}
    bounds = {name: params[name] for name in ("MonitoringAlertName", "DatapointsToAlert", "EvaluationPeriod")}
    call.kernel.store.put(_ALERT, place, {**known, **bounds, "LastModifiedTime": now})
    return {
        "MonitoringScheduleArn": arn_of(MONITORING_SCHEDULE, key),
        "MonitoringAlertName": params["MonitoringAlertName"],
    }


@memory("sagemaker", "ListMonitoringAlerts")
async def list_monitoring_alerts(call: Call) -> Answer:
    """The alerts that were given bounds."""
    found = call.kernel.store.scan(_ALERT, f"{_schedule(call)}/")
    alerts = [{**row, "AlertStatus": "OK", "Actions": {}} for _, row in found]
    return cut(call, "MonitoringAlertSummaries", alerts, usual=100)


@memory("sagemaker", "ListMonitoringAlertHistory")
async def list_monitoring_alert_history(call: Call) -> Answer:
    """None: no alert has gone off."""
    if "MonitoringScheduleName" in call.params:
        _schedule(call)
    return {"MonitoringAlertHistory": []}
