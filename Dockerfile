# WunderProxy as a container. The program is published outside first (no SDK image is pulled):
#
#   eng/publish.sh && docker build -t wunderproxy .
#   docker run -d --network host -v /var/run/docker.sock:/var/run/docker.sock -v wunderproxy:/var/lib/wunderproxy \
#     wunderproxy BUCKET PREFIX APP
#
# On the host network it reaches published ports as on the machine itself; on a bridge network it reaches containers by
# their own address, and the ports 80 and 8001 are to be published.
#
# The engine's socket is root on the machine, and so are the API token and the right to write the bucket. Port 8001, once
# published, is reached through docker-proxy, which runs as root: give the API a token (--api-token-file), or keep it on a
# unix socket or on loopback.
#
# The base needs the C library (no older than the one on which the program was published), OpenSSL 3 and certificates: this
# one has them and no shell. For the program of `eng/publish.sh --portable` take another base:
#
#   docker build --build-arg RUNTIME_BASE=mcr.microsoft.com/dotnet/runtime:10.0 -t wunderproxy .
ARG RUNTIME_BASE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
FROM ${RUNTIME_BASE}
ARG PUB=artifacts/publish/wunderproxy
COPY ${PUB}/ /app/
# The base above would have it run as another user, who may not open the engine's socket.
USER root
WORKDIR /var/lib/wunderproxy
VOLUME /var/lib/wunderproxy
EXPOSE 80 443 8001
# For the portable program only, which compiles while it runs. Its compiler thread ends after 4 idle seconds, and at the limit
# of open files it could not be started again, which ends the process. So it stays (hexadecimal milliseconds, 24 days; there
# is no such setting in runtimeconfig.json).
ENV DOTNET_TC_BackgroundWorkerTimeoutMs=7fffffff
ENTRYPOINT ["/app/wunderproxy"]
