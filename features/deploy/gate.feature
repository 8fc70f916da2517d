Feature: The gate holds
  Nothing reaches production without a decision, and a decision against it leaves production as it was.

  Scenario: A rejected gate leaves production untouched
    Given production serves the approved version
    When the same version is deployed again and edsger rejects it at the gate
    Then the run has failed and production is as it was

  Scenario: Approving the next version redeploys while the old one serves
    Given a second model version waits for approval
    When grace approves the second version and its run is taken through the gate
    Then production answers with the second version
    And it answered without a gap
