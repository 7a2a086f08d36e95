# OpenStack Swift with its S3 interface: a second, stricter S3 server. It has no conditional writes and no chunked uploads.
# shellcheck shell=bash

SWIFT_DIR=$RUN_DIR/swift

swift_port() { cat "$SWIFT_DIR/port" 2>/dev/null; }
swift_answers() { [ -f "$SWIFT_DIR/ready" ] && curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$(swift_port)/"; }

swift_start() {
  if swift_answers; then return; fi
  swift_stop
  mkdir -p "$SWIFT_DIR"/{etc,devices/d1,log}
  free_port >"$SWIFT_DIR/port"
  printf '[swift-hash]\nswift_hash_path_prefix = wp\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n' \
    >"$SWIFT_DIR/etc/swift.conf"
  local server
  for server in account container object; do swift_ring "$server"; done
  swift_proxy_configuration >"$SWIFT_DIR/etc/proxy-server.conf"
  for server in account container object proxy; do
    SWIFT_DIR=$SWIFT_DIR/etc setsid "swift-$server-server" "$SWIFT_DIR/etc/$server-server.conf" --verbose \
      >"$SWIFT_DIR/log/$server" 2>&1 </dev/null &
    echo $! >"$SWIFT_DIR/$server.pid"
  done
  wait_until 120 "Swift" curl -s -o /dev/null "http://127.0.0.1:$(swift_port)/" || { tail -n 20 "$SWIFT_DIR"/log/* >&2; return 1; }
  # It answers before its account, container and object servers do, and says 503 until then and whenever they are slow.
  retry 8 "Swift's bucket" s3_create_bucket "http://127.0.0.1:$(swift_port)" wunderproxy test:tester testing
  touch "$SWIFT_DIR/ready"
}

# The ring says where data lives: one device, one copy.
swift_ring() {
  local port builder=$SWIFT_DIR/etc/$1.builder
  port=$(free_port)
  {
    swift-ring-builder "$builder" create 4 1 1
    swift-ring-builder "$builder" add "r1z1-127.0.0.1:$port/d1" 1
    swift-ring-builder "$builder" rebalance
  } >"$SWIFT_DIR/log/$1-ring"
  swift_defaults "$port" >"$SWIFT_DIR/etc/$1-server.conf"
  printf 'devices = %s\nmount_check = false\ndisable_fallocate = true\n[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' \
    "$SWIFT_DIR/devices" "$1" "$1" "$1" >>"$SWIFT_DIR/etc/$1-server.conf"
}

swift_defaults() {
  printf '[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = %s\nworkers = 1\nuser = root\nswift_dir = %s\n' "$1" "$SWIFT_DIR/etc"
}

swift_proxy_configuration() {
  local filter filters="catch_errors gatekeeper cache bulk s3api tempauth copy slo dlo versioned_writes symlink"
  swift_defaults "$(swift_port)"
  printf '[pipeline:main]\npipeline = %s proxy-server\n' "$filters"
  printf '[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\nallow_account_management = true\n'
  for filter in $filters; do
    printf '[filter:%s]\nuse = egg:swift#%s\n' "$filter" "${filter/#cache/memcache}"
    case $filter in
      # Nobody listens there: Swift works without its cache, slowly.
      cache) echo 'memcache_servers = 127.0.0.1:9' ;;
      s3api) printf 'location = us-east-1\ns3_acl = false\ncheck_bucket_owner = false\n' ;;
      tempauth) echo 'user_test_tester = testing .admin' ;;
      versioned_writes) printf 'allow_versioned_writes = true\nallow_object_versioning = true\n' ;;
    esac
  done
}

swift_environment() {
  set_env "WUNDERPROXY_TEST_SWIFT_ENDPOINT=http://127.0.0.1:$(swift_port)" "WUNDERPROXY_TEST_SWIFT_BUCKET=wunderproxy" \
    "WUNDERPROXY_TEST_SWIFT_ACCESS_KEY=test:tester" "WUNDERPROXY_TEST_SWIFT_SECRET_KEY=testing"
}

swift_stop() {
  local server
  for server in proxy object container account; do
    stop_pid_file "$SWIFT_DIR/$server.pid" "$SWIFT_DIR/" 3
  done
  rm -rf "$SWIFT_DIR"
}
