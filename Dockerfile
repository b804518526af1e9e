# One image for bot, workers and `dbaccess`. The command of the container chooses; docs/how-to/run-in-containers.md.
# The base is pinned by version. Pin it by digest too where you build: docker buildx imagetools inspect debian:12.12-slim
ARG BASE=debian:12.12-slim

FROM ${BASE} AS build
# Debian's own packages follow its point release; the version of the base decides them.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE dbaccess_verify.py ./
COPY bot bot
COPY workers workers
COPY dbaccess dbaccess
# pip stays in a second environment, so that the final one has no installer.
RUN python3 -m venv /opt/pip \
    && /opt/pip/bin/pip install --no-cache-dir --constraint constraints.txt 'pip>=25.1' \
    && python3 -m venv --without-pip /opt/dbaccess \
    && /opt/pip/bin/pip --python /opt/dbaccess/bin/python install --no-cache-dir --constraint constraints.txt .

FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 dbaccess \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dbaccess \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=build /opt/dbaccess /opt/dbaccess
ENV PATH=/opt/dbaccess/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DBACCESS_CONFIG=/etc/dbaccess/dbaccess.toml
# Any other uid works too: nothing in the image belongs to this one.
USER 10001:10001
WORKDIR /tmp
# Without a command: the help. Bot and workers have no port in common, so the probe belongs to who runs them.
HEALTHCHECK NONE
CMD ["dbaccess", "--help"]
