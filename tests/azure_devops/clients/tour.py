"""What the tours of all clients have in common."""

APPROVALS = "37794717-f36f-4d78-b2bf-4dc30d0cfbcd"
"""The location of approvals, which no client set of the Python package has a class for."""

CHECKS = "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea"
"""The location of checks."""

APPROVAL_TYPE = "8c6f20a7-a545-4486-9777-f762fafe0d4d"
BASIC_PROCESS = "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"

APPROVED_YAML = """
trigger: none
jobs:
  - deployment: Deploy
    environment: production
    strategy:
      runOnce:
        deploy:
          steps:
            - script: echo deploy
"""
