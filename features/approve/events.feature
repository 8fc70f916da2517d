Feature: EventBridge to Azure DevOps
  The approval in one cloud starts the deployment in the other, over HTTP and nothing else.

  Scenario: An approval starts the Model Deploy pipeline
    Given a registered model version waits for approval
    When grace approves it
    Then one run of Model Deploy has started with the ARN of the version
    And the chain of causes leads from the approval in AWS to the run in Azure DevOps

  Scenario: A wrong token is retried and ends in the dead-letter queue
    Given a registered model version waits for approval
    And a rule for another group whose connection holds a wrong personal access token
    When a model of its group is approved and a day passes
    Then every attempt was refused by Azure DevOps
    And the event lies in the dead-letter queue with the reason
