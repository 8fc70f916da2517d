"""Kinds of Studio: domains, profiles, spaces, apps, images, lifecycle configurations."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import IN_USE, NOT_FOUND, Kind, Row


def _domain_url(request: Row) -> Row:
    return {"Url": f"https://{request['DomainId']}.studio.us-east-1.sagemaker.aws"}


DOMAIN = Kind(
    "Domain", "domain", begins="Pending", status_named="Status", missing=NOT_FOUND, taken=IN_USE,
    identity="{DomainId}", generated="d-{id}", first=_domain_url,
)  # fmt: skip
USER_PROFILE = Kind(
    "UserProfile", "user-profile", begins="Pending", status_named="Status", missing=NOT_FOUND, taken=IN_USE,
    identity="{DomainId}/{UserProfileName}", within="Domain",
)  # fmt: skip
SPACE = Kind(
    "Space", "space", begins="Pending", status_named="Status", missing=NOT_FOUND, taken=IN_USE,
    identity="{DomainId}/{SpaceName}", within="Domain",
)  # fmt: skip
APP = Kind(
    "App", "app", begins="Pending", status_named="Status", missing=NOT_FOUND, taken=IN_USE,
    identity="{DomainId}/{UserProfileName|SpaceName}/{AppType}/{AppName}", within="Domain",
)  # fmt: skip
APP_IMAGE_CONFIG = Kind("AppImageConfig", "app-image-config", missing=NOT_FOUND, taken=IN_USE)
STUDIO_LIFECYCLE_CONFIG = Kind(
    "StudioLifecycleConfig", "studio-lifecycle-config", missing=NOT_FOUND, taken=IN_USE
)
IMAGE = Kind("Image", "image", begins="CREATING", missing=NOT_FOUND, taken=IN_USE)
IMAGE_VERSION = Kind(
    "ImageVersion", "image-version", begins="CREATING", missing=NOT_FOUND, taken=IN_USE, within="Image", nested=True,
    identity="{ImageName}/{Version}", named="Version",
    first=lambda request: {"ContainerImage": request["BaseImage"]},
)  # fmt: skip
