"""A stack with a model, its configuration and its endpoint, as the tests of the executor make it."""

from __future__ import annotations

TEMPLATE = """
Parameters:
  Package: {Type: String}
  Tuning: {Type: String, Default: "1"}
Resources:
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties: {EndpointName: abalone, EndpointConfigName: !GetAtt Config.EndpointConfigName}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {ModelName: !GetAtt Model.ModelName, VariantName: All, InitialInstanceCount: !Ref Tuning}
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ExecutionRoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/x"
      PrimaryContainer: {ModelPackageName: !Ref Package}
Outputs:
  EndpointName: {Value: !GetAtt Endpoint.EndpointName, Export: {Name: endpoint}}
"""


def parameters(**values: str):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


async def create(cloud, package="version-1", **options):
    return await cloud.do(
        "CreateStack",
        StackName="deploy",
        TemplateBody=TEMPLATE,
        Parameters=parameters(Package=package),
        **options,
    )


async def update(cloud, package="version-2", **options):
    return await cloud.do(
        "UpdateStack",
        StackName="deploy",
        UsePreviousTemplate=True,
        Parameters=parameters(Package=package),
        **options,
    )


async def reasons(cloud, status):
    events = (await cloud.do("DescribeStackEvents", StackName="deploy"))["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"] == status]
