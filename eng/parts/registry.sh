# A Docker registry (docker-registry of Debian) on a free port of 127.0.0.1, files below the run folder.
# shellcheck shell=bash

REGISTRY_DIR=$RUN_DIR/registry

registry_port() { cat "$REGISTRY_DIR/port" 2>/dev/null; }
registry_answers() { [ -f "$REGISTRY_DIR/port" ] && curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$(registry_port)/v2/"; }

registry_start() {
  if registry_answers; then return; fi
  registry_stop
  mkdir -p "$REGISTRY_DIR"
  free_port >"$REGISTRY_DIR/port"
  cat >"$REGISTRY_DIR/config.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $REGISTRY_DIR/data}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$(registry_port)}
YAML
  setsid docker-registry serve "$REGISTRY_DIR/config.yml" >"$REGISTRY_DIR/log" 2>&1 </dev/null &
  echo $! >"$REGISTRY_DIR/pid"
  wait_until 60 "Docker registry" registry_answers || { tail -n 20 "$REGISTRY_DIR/log" >&2; return 1; }
}

registry_stop() {
  stop_pid_file "$REGISTRY_DIR/pid" "$REGISTRY_DIR/" 3
  rm -rf "$REGISTRY_DIR"
}
