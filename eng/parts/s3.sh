# Ceph's radosgw as a real S3 server: one monitor, one storage daemon in memory, one gateway, all on 127.0.0.1.
# shellcheck shell=bash

S3_DIR=$RUN_DIR/s3
S3_BUCKETS=(wunderproxy images registry)

s3_endpoint() { echo "http://127.0.0.1:$(cat "$S3_DIR/port" 2>/dev/null)"; }
s3_answers() { [ -f "$S3_DIR/ready" ] && curl -s -o /dev/null --max-time 2 "$(s3_endpoint)/"; }

s3_start() {
  if s3_answers; then return; fi
  s3_stop
  mkdir -p "$S3_DIR"/{mon,osd,rgw,log,run}
  local port monitor_port
  port=$(free_port)
  monitor_port=$(free_port)
  echo "$port" >"$S3_DIR/port"
  s3_configuration "$port" "$monitor_port" >"$S3_DIR/ceph.conf"
  s3_keyring
  s3_daemons
  wait_until 120 "S3 server" curl -s -o /dev/null "$(s3_endpoint)/" || { tail -n 20 "$S3_DIR"/log/* >&2; return 1; }
  s3_users
}

# No `public bind addr`: the storage daemon would bind nothing. Debug levels are cut because of a 50,000-line log.
s3_configuration() {
  cat <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$2
mon initial members = a
public network = 127.0.0.0/8
ms bind msgr2 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $S3_DIR/keyring
mon data = $S3_DIR/mon
osd data = $S3_DIR/osd
rgw data = $S3_DIR/rgw
run dir = $S3_DIR/run
admin socket = $S3_DIR/run/\$name.asok
pid file = $S3_DIR/run/\$name.pid
log file = $S3_DIR/log/\$name.log
debug mon = 0/0
debug osd = 0/0
debug rgw = 0/0
debug ms = 0/0
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd class load list = *
osd class default list = *
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
rgw frontends = beast endpoint=127.0.0.1:$1
rgw enable usage log = false
rgw run sync thread = false
rgw gc obj min wait = 0
CONF
}

# One keyring for all daemons; without cephx the gateway hangs at start.
s3_keyring() {
  local keyring=$S3_DIR/keyring
  {
    ceph-authtool --create-keyring "$keyring" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    ceph-authtool "$keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' --cap mgr 'allow profile osd'
    ceph-authtool "$keyring" --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx'
  } >"$S3_DIR/log/keyring.out"
}

s3_daemons() {
  local conf=$S3_DIR/ceph.conf map=$S3_DIR/monmap fsid osd_id
  fsid=$(sed -n 's/^fsid = //p' "$conf")
  osd_id=$(cat /proc/sys/kernel/random/uuid)
  {
    monmaptool --create --addv a "[$(sed -n 's/^mon host = //p' "$conf")]" --fsid "$fsid" "$map"
    ceph-mon -c "$conf" -i a --mkfs --monmap "$map" --keyring "$S3_DIR/keyring"
    ceph-mon -c "$conf" -i a
    retry 3 "the storage daemon's id" timeout 60 ceph -c "$conf" osd new "$osd_id" 0
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd_id"
    ceph-osd -c "$conf" -i 0
    radosgw -c "$conf" -n client.rgw.a
  } >"$S3_DIR/log/start.out" 2>&1 </dev/null || { tail -n 20 "$S3_DIR/log/start.out" >&2; return 1; }
}

s3_users() {
  local secret poor
  secret=$(random_hex 16)
  poor=$(random_hex 16)
  retry 5 "user wunderproxy" s3_user wunderproxy WUNDERPROXYTEST "$secret"
  # May have no bucket and sees nobody else's: every call on ours is denied.
  retry 5 "user poor" s3_user poor WUNDERPROXYPOOR "$poor" --max-buckets=-1
  local bucket
  for bucket in "${S3_BUCKETS[@]}"; do
    retry 8 "bucket $bucket" s3_create_bucket "$(s3_endpoint)" "$bucket" WUNDERPROXYTEST "$secret"
  done
  printf '%s\n' "$secret" >"$S3_DIR/secret"
  printf '%s\n' "$poor" >"$S3_DIR/poor"
  touch "$S3_DIR/ready"
}

# A try whose answer was lost may have made the user.
s3_user() {
  local name=$1 key=$2 secret=$3 log=$S3_DIR/log/user-$1.out
  shift 3
  timeout 60 radosgw-admin -c "$S3_DIR/ceph.conf" user create --uid="$name" --display-name="$name" \
    --access-key="$key" --secret-key="$secret" "$@" >"$log" 2>&1 && return
  timeout 60 radosgw-admin -c "$S3_DIR/ceph.conf" user info --uid="$name" 2>>"$log" | grep -q "\"$secret\"" && return
  tail -n 20 "$log" >&2
  return 1
}

# Creates bucket $2 at endpoint $1 with key $3 and secret $4, signed the short way (AWS signature version 2).
s3_create_bucket() {
  local date signature answer
  date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
  signature=$(printf 'PUT\n\n\n%s\n/%s' "$date" "$2" | openssl dgst -sha1 -hmac "$4" -binary | base64)
  answer=$(curl -s -w '\nstatus %{http_code}' -X PUT --max-time 60 \
    -H "Content-Length: 0" -H "Date: $date" -H "Authorization: AWS $3:$signature" "$1/$2") || true
  case ${answer##*$'\n'} in 'status 200' | 'status 409') return ;; esac
  warn "bucket $2 was not created: $answer"
  return 1
}

s3_environment() {
  set_env "WUNDERPROXY_TEST_S3_ENDPOINT=$(s3_endpoint)" "WUNDERPROXY_TEST_S3_BUCKET=${S3_BUCKETS[0]}" \
    "WUNDERPROXY_TEST_S3_IMAGE_BUCKET=${S3_BUCKETS[1]}" \
    "WUNDERPROXY_TEST_S3_ACCESS_KEY=WUNDERPROXYTEST" "WUNDERPROXY_TEST_S3_SECRET_KEY=$(cat "$S3_DIR/secret")" \
    "WUNDERPROXY_TEST_S3_POOR_ACCESS_KEY=WUNDERPROXYPOOR" "WUNDERPROXY_TEST_S3_POOR_SECRET_KEY=$(cat "$S3_DIR/poor")" \
    "AWS_REGION=us-east-1"
}

# Gateway, storage, monitor: a storage daemon whose monitor died first takes seconds to end. All is in memory: no mercy.
s3_stop() {
  local name
  for name in client.rgw.a osd.0 mon.a; do
    stop_pid_file "$S3_DIR/run/$name.pid" "$S3_DIR/" 1
  done
  for name in $(pids_with "$S3_DIR/ceph.conf"); do kill -9 "$name" 2>/dev/null || true; done
  rm -rf "$S3_DIR"
}
