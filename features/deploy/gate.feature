Feature: The gate holds
  Nothing reaches production without a decision, and a decision against it leaves production as it was.

  Scenario: A rejected gate leaves production untouched
    Given production serves the approved version
    When grace deploys the same version again by hand
    Then grace, who asked for the run, may not approve it
    And when edsger rejects it the run has failed and production is as it was

  Scenario: A failing test on staging never reaches the gate
    Given production serves the approved version
    When a branch whose integration tests fail deploys the same version
    Then the stage IntegrationTests has failed
    And the run has ended without asking anybody and production is as it was

  Scenario: Approving the next version redeploys while the old one serves
    Given a second model version waits for approval
    When grace approves the second version and its run is taken through the gate
    Then production answers with the second version
    And it answered without a gap
