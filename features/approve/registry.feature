Feature: Model registry and approval
  Every version waits in the registry with its metrics, its lineage and its commit, until a person decides.

  Scenario: A version waits with all that a reviewer needs
    Given a registered model version waits for approval
    Then it names its model data, its metrics, its drift baseline and its commit
    And its lineage names the pipeline execution that made it

  Scenario: A change of metadata only keeps the status and deploys nothing
    Given a registered model version waits for approval
    When its description of the approval alone is changed
    Then it still waits for approval
    And no run of Model Deploy has started

  Scenario: A rejected model is not deployed
    Given a second model version waits for approval
    When grace rejects it
    Then no run of Model Deploy starts for it
