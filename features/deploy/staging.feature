Feature: Staging
  CloudFormation brings the approved version to the staging account, and tests ask its endpoint for predictions.

  Scenario: Staging serves the approved version
    Given the stage Quality has ended
    When the stage DeployStaging has ended
    Then the staging endpoint is in service with the approved version and predicts
    And the integration tests on staging have passed with published results
