"""What SNS does with a message once it is published; topics and subscriptions are remembered by the backing.

In: Publish and PublishBatch. Out: messages to queues and HTTP endpoints, facts about each. Never: e-mail or SMS.
"""
