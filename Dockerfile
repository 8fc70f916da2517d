# The simulator itself, working through the Docker engine whose socket it is given. See docker-compose.yml.
ARG BASE_IMAGE=python:3.12-slim-bookworm
FROM ${BASE_IMAGE}

# git serves the repositories (`git http-backend`); a base image that has it needs no package index.
RUN command -v git || \
    (apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*)

WORKDIR /opt/simulator
RUN pip install --no-cache-dir 'uv>=0.13'
COPY pyproject.toml README.md LICENSE ./
# What it needs, in a layer of its own: it changes with pyproject.toml, not with each line of code.
RUN uv pip install --system --no-cache --requirements pyproject.toml --extra harness
COPY simulator/ simulator/
COPY reference_models/ reference_models/
COPY fixtures/ fixtures/
COPY features/ features/
RUN uv pip install --system --no-cache --no-deps .

# Work that it starts mounts paths of this directory, so it must have the same path here and on the host.
ENV SIMULATOR_STATE=/var/lib/simulator PYTHONUNBUFFERED=1
EXPOSE 4566 4567 4568
ENTRYPOINT ["simulator"]
# Inside the container it must listen beyond the container's loopback; the compose file publishes on the host's only.
CMD ["up", "--engine", "docker", "--host", "0.0.0.0", "--state", "/var/lib/simulator"]
