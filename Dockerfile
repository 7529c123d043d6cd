# Switchroom in a container:  docker build -t switchroom . && docker run --network host -v switchroom:/var/lib/switchroom switchroom
# Host networking, since RTP needs thousands of UDP ports and the PBX the machine's own address.

# Another Debian, from a registry on the LAN say: --build-arg BASE=registry.lan/debian:bookworm-slim
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
RUN apt-get update -qq \
 && apt-get install -y --no-install-recommends -qq nodejs npm ca-certificates >/dev/null \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run build

FROM ${BASE}
RUN apt-get update -qq \
 && apt-get install -y --no-install-recommends -qq libstdc++6 ca-certificates tzdata >/dev/null \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/switchroom --shell /usr/sbin/nologin switchroom \
 && install -d -o switchroom -g switchroom -m 0750 /var/lib/switchroom /var/cache/switchroom
COPY --from=build /src/dist/switchroom /usr/bin/switchroom
COPY debian/switchroom.toml /etc/switchroom/switchroom.toml
ENV PKG_NATIVE_CACHE_PATH=/var/cache/switchroom
USER switchroom
VOLUME /var/lib/switchroom
EXPOSE 8443/tcp 5060/udp 5060/tcp 20000-29999/udp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/switchroom"]
CMD ["serve"]
