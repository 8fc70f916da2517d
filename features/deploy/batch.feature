Feature: Batch predictions
  The batch flavour follows the registry: each night the newest approved version predicts what lies in the bucket.

  Scenario: The batch flavour predicts with the newest approved version
    Given production serves the approved version
    When the batch pipeline runs over rows in the production bucket
    Then a transform job with the newest approved version has written a prediction for each row
    And the run has listed the file of predictions by the AWS CLI
