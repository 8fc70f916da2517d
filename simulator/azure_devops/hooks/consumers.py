"""The consumers and their actions: web hooks are delivered, the others are listed and refused. A table of facts.

Source: Learn "Service hooks consumers" and "Web Hooks"; vsts-rest-api-specs hooks 7.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.inputs import Input

WEB_HOOKS, HTTP_REQUEST = "webHooks", "httpRequest"
_MESSAGES = ("all", "text", "html", "markdown", "none")


@dataclass(frozen=True)
class Action:
    """What a consumer does with an event."""

    id: str
    name: str
    description: str
    inputs: tuple[Input, ...] = ()
    events: tuple[str, ...] = ("*",)


@dataclass(frozen=True)
class Consumer:
    """A service that takes events."""

    id: str
    name: str
    description: str
    actions: tuple[Action, ...]
    inputs: tuple[Input, ...] = ()
    authentication: str = "none"


_URL = Input("url", "URL", "The URL to which an HTTP POST will be sent", required=True, kind="uri")
_POST = Action(
    HTTP_REQUEST,
    "Post via HTTP",
    "Post event data via HTTP to the specified URL",
    (
        _URL,
        Input("acceptUntrustedCerts", "Accept untrusted SSL certificates", mode="checkBox", kind="boolean"),
        Input("basicAuthUsername", "Basic authentication username"),
        Input("basicAuthPassword", "Basic authentication password", mode="passwordBox", confidential=True),
        Input("httpHeaders", "HTTP headers", "One a line, as key:value", mode="textArea", confidential=True),
        Input(
            "resourceDetailsToSend",
            "Resource details to send",
            mode="combo",
            options=("all", "minimal", "none"),
        ),
        Input("messagesToSend", "Messages to send", mode="combo", options=_MESSAGES),
        Input("detailedMessagesToSend", "Detailed messages to send", mode="combo", options=_MESSAGES),
    ),
)
_SLACK_URL = Input("url", "Slack Webhook URL", mode="textBox", required=True, confidential=True, kind="uri")
_CONNECTION = Input(
    "connectionString", "Connection string", mode="passwordBox", required=True, confidential=True
)

CONSUMERS: tuple[Consumer, ...] = (
    Consumer(
        WEB_HOOKS, "Web Hooks", "Provides event communication via HTTP", (_POST,)
    ),
    Consumer(
        "azureStorageQueue", "Azure Storage", "Provides integration with Azure Storage.",
        (Action("enqueue", "Insert a message in a Storage Queue", "Inserts a JSON string into a storage queue",
                (Input("queueName", "Queue name", required=True),)),),
        (Input("accountName", "Storage account name", required=True),
         Input("accountKey", "Storage account key", mode="passwordBox", required=True, confidential=True)),
    ),
    Consumer(
        "azureServiceBus", "Azure Service Bus", "Provides integration with Microsoft Azure Service Bus.",
        (Action("serviceBusQueueSend", "Send a message to a Service Bus Queue", "Sends an event to a queue",
                (Input("queueName", "Queue name", required=True),)),
         Action("serviceBusTopicSend", "Send a message to a Service Bus Topic", "Sends an event to a topic",
                (Input("topicName", "Topic name", required=True),)),
         Action("serviceBusNotificationHubSend", "Send a message to a Notification Hub",
                "Sends an event to a notification hub", (Input("notificationHubName", "Hub", required=True),))),
        (_CONNECTION,),
    ),
    Consumer("slack", "Slack", "Posts messages to Slack channels",
             (Action("postMessageToChannel", "Post a message to a channel", "Posts a message", (_SLACK_URL,)),)),
    Consumer("teams", "Microsoft Teams", "Posts messages to Microsoft Teams channels",
             (Action("postMessageToChannel", "Post a message to a channel", "Posts a message", (_URL,)),)),
    Consumer(
        "jenkins", "Jenkins", "Jenkins is a continuous integration server",
        (Action("triggerGenericBuild", "Trigger generic build", "Triggers a generic Jenkins build",
                (Input("buildName", "Build", required=True),)),
         Action("triggerGitBuild", "Trigger Git build", "Triggers a build of a Jenkins job that polls Git",
                events=("git.push", "git.pullrequest.merged"))),
        (Input("serverBaseUrl", "Jenkins base URL", required=True, kind="uri"), Input("username", "User name"),
         Input("password", "User API token", mode="passwordBox", confidential=True)),
        "external",
    ),
    Consumer("zapier", "Zapier", "Zapier connects services",
             (Action("sendNotification", "Send notification", "Sends an event to Zapier", (_URL,)),)),
    Consumer("trello", "Trello", "Trello is a tool for boards",
             (Action("createCard", "Create a card", "Creates a card"),
              Action("createList", "Create a list", "Creates a list")), (), "external"),
    Consumer("zendesk", "Zendesk", "Zendesk is a service for help desks",
             (Action("createPrivateComment", "Create a private comment in a ticket", "Creates a comment",
                     events=("workitem.commented",)),), (), "external"),
    Consumer("grafana", "Grafana", "Adds annotations to Grafana dashboards",
             (Action("addAnnotation", "Add annotation", "Adds an annotation to a dashboard",
                     (Input("url", "Grafana URL", required=True, kind="uri"),)),)),
)  # fmt: skip


def consumer(identifier: str) -> Consumer | None:
    """The consumer of that id."""
    return next((one for one in CONSUMERS if one.id.lower() == identifier.lower()), None)


def action(found: Consumer, identifier: str) -> Action | None:
    """The consumer's action of that id."""
    return next((one for one in found.actions if one.id.lower() == identifier.lower()), None)
