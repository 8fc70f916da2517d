Feature: Model Deploy pipeline
  The approved version is tested first, deployed to staging, tested there, held at a gate, and deployed to production.

  Scenario: The model is tested before anything is deployed
    Given grace has approved the version
    When the stage Quality has ended
    Then its test results are published and the model and the source are artifacts

  Scenario: Staging serves the approved version
    Given the stage Quality has ended
    When the stage DeployStaging has ended
    Then the staging endpoint is in service with the approved version and predicts
    And the integration tests on staging have passed with published results

  Scenario: Production waits for a person who has the right
    Given the integration tests on staging have passed
    When the run waits at the gate
    Then production has no endpoint
    And ada may not approve
    And after edsger's approval production serves the same version

  Scenario: The batch flavour predicts with the newest approved version
    Given production serves the approved version
    When the batch pipeline runs over rows in the production bucket
    Then a transform job with the newest approved version has written a prediction for each row
