Feature: Model quality
  The approved version is tested before anything is deployed: the artefact itself, against data it has not seen.

  Scenario: The model is tested before anything is deployed
    Given grace has approved the version
    When the stage Quality has ended
    Then its test results are published and the model and the source are artifacts
