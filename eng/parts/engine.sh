# A Docker engine of its own beside whatever runs on the machine: own containerd, folders, socket, bridge and subnet.
# It touches no firewall chain (--iptables=false), so an engine that is already here keeps its published ports.
# shellcheck shell=bash

ENGINE_DIR=$RUN_DIR/engine
ENGINE_SOCKET=$ENGINE_DIR/docker.sock
FORWARD_RULE=(-s 198.18.0.0/15 -d 198.18.0.0/15 -m comment --comment wunderproxy-test -j ACCEPT)

engine_answers() { curl -sf --max-time 2 --unix-socket "$ENGINE_SOCKET" http://engine/_ping; }

engine_start() {
  if engine_answers >/dev/null 2>&1; then return; fi
  engine_stop
  mkdir -p "$ENGINE_DIR/containerd"
  [ ${#ENGINE_SOCKET} -lt 100 ] || die "WUNDERPROXY_TEST_DIR is too long for a Unix socket: $RUN_DIR"
  engine_network
  engine_containerd
  setsid dockerd --data-root "$ENGINE_DIR/data" --exec-root "$ENGINE_DIR/exec" --pidfile "$ENGINE_DIR/dockerd.pid" \
    --host "unix://$ENGINE_SOCKET" --containerd "$ENGINE_DIR/containerd/containerd.sock" --config-file "$ENGINE_DIR/daemon.json" \
    --bridge "$ENGINE_BRIDGE" --default-address-pool "base=198.19.$((ENGINE_INDEX * 16)).0/20,size=26" \
    --iptables=false --ip6tables=false --ip-masq=false --log-level warn >"$ENGINE_DIR/dockerd.log" 2>&1 </dev/null &
  wait_until 120 "Docker engine" engine_answers || { tail -n 20 "$ENGINE_DIR/dockerd.log" >&2; return 1; }
}

# A bridge nobody else has, with a subnet of the benchmark range 198.18.0.0/15 (RFC 2544) that no route covers.
engine_network() {
  local index
  for index in $(seq 0 15); do
    if ip -4 route show root 198.18."$index".0/24 | grep -q .; then continue; fi
    # A bridge without an address of its own takes the lowest of its ports, and containers lose sight of it for seconds
    # when one comes that is lower.
    if ip link add name "wptest$index" address "$(printf '02:57:50:00:00:%02x' "$index")" type bridge 2>/dev/null; then
      ENGINE_INDEX=$index
      ENGINE_BRIDGE=wptest$index
      printf 'ENGINE_INDEX=%s\nENGINE_BRIDGE=%s\n' "$index" "$ENGINE_BRIDGE" >"$ENGINE_DIR/network"
      ip addr add 198.18."$index".1/24 dev "$ENGINE_BRIDGE"
      ip link set "$ENGINE_BRIDGE" up
      engine_open_forwarding
      echo '{}' >"$ENGINE_DIR/daemon.json"
      return
    fi
  done
  die "no free bridge name and subnet for a test engine (wptest0 to wptest15, 198.18.0.0/20)"
}

# Another engine sets the FORWARD policy to DROP, and where bridges are filtered our containers could not meet.
engine_open_forwarding() {
  if iptables -S FORWARD 2>/dev/null | grep -q -- '-P FORWARD DROP'; then
    iptables -C FORWARD "${FORWARD_RULE[@]}" 2>/dev/null || iptables -I FORWARD "${FORWARD_RULE[@]}" || true
  fi
}

engine_containerd() {
  local dir=$ENGINE_DIR/containerd
  cat >"$dir/config.toml" <<TOML
version = 2
root = "$dir/root"
state = "$dir/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$dir/containerd.sock"
TOML
  setsid containerd --config "$dir/config.toml" --log-level warn >"$dir/log" 2>&1 </dev/null &
  echo $! >"$dir/pid"
  wait_until 60 containerd test -S "$dir/containerd.sock" || { tail -n 20 "$dir/log" >&2; return 1; }
}

engine_stop() {
  if engine_answers >/dev/null 2>&1; then engine_remove_containers; fi
  stop_pid_file "$ENGINE_DIR/dockerd.pid" "$ENGINE_DIR/" 20
  engine_sweep
  stop_pid_file "$ENGINE_DIR/containerd/pid" "$ENGINE_DIR/" 10
  engine_remove_network
  unmount_below "$ENGINE_DIR"
  rm -rf "$ENGINE_DIR"
}

# Killed at once: a container that ignores SIGTERM would hold the engine's stop for its grace time.
engine_remove_containers() {
  local id
  curl -sf --unix-socket "$ENGINE_SOCKET" 'http://engine/containers/json?all=1' |
    sed 's/"Id":"/\n&/g' | sed -n 's/^"Id":"\([0-9a-f]\{64\}\)".*/\1/p' |
    while read -r id; do
      curl -s -o /dev/null -X DELETE --unix-socket "$ENGINE_SOCKET" "http://engine/containers/$id?force=1&v=1" || true
    done
}

# What a killed engine leaves: shims with their containers, and the helpers that hold published ports.
engine_sweep() {
  local pid child
  for pid in $(pids_with "$ENGINE_DIR/"); do
    is_running "$pid" containerd-shim || continue
    for child in $(cat "/proc/$pid/task/"*/children 2>/dev/null); do kill -9 "$child" 2>/dev/null || true; done
    kill -9 "$pid" 2>/dev/null || true
  done
  [ -f "$ENGINE_DIR/network" ] || return 0
  # shellcheck disable=SC1091
  . "$ENGINE_DIR/network"
  for pid in $(pids_with "-container-ip 198.18.$ENGINE_INDEX."); do
    is_running "$pid" docker-proxy && kill -9 "$pid" 2>/dev/null || true
  done
}

engine_remove_network() {
  [ -f "$ENGINE_DIR/network" ] || return 0
  local name
  # shellcheck disable=SC1091
  . "$ENGINE_DIR/network"
  ip link del "$ENGINE_BRIDGE" 2>/dev/null || true
  # Bridges of user-defined networks stay behind when the engine was killed; they lie in our own pool.
  ip -o -4 addr show | awk -v low=$((ENGINE_INDEX * 16)) -v high=$((ENGINE_INDEX * 16 + 15)) \
    '$2 ~ /^br-/ { split($4, a, "."); if (a[1] == 198 && a[2] == 19 && a[3] >= low && a[3] <= high) print $2 }' |
    while read -r name; do ip link del "$name" 2>/dev/null || true; done
  if ! ip -o link show type bridge | grep -q ' wptest'; then
    while iptables -D FORWARD "${FORWARD_RULE[@]}" 2>/dev/null; do :; done
  fi
}
