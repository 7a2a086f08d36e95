"""The proxies under test, each set up the way its operators would for this work."""
import os
import re
import shlex

NGINX = """daemon off;
worker_processes {workers};
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ use epoll; worker_connections 16384; multi_accept on; accept_mutex off; }}
http {{
  access_log {log};
  server_tokens off;
  tcp_nodelay on;
  keepalive_timeout 600s; keepalive_requests 1000000000;
  client_max_body_size 0; client_body_buffer_size 128k;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  proxy_http_version 1.1;
  proxy_buffer_size 16k; proxy_buffers 16 64k; proxy_busy_buffers_size 256k; proxy_max_temp_file_size 0;
  proxy_request_buffering off;
  map $http_upgrade $connection_field {{ default upgrade; '' ''; }}
  upstream origin {{ server {upstream}; keepalive 1024; keepalive_requests 1000000000; keepalive_timeout 600s; }}
  server {{
    listen {listen} backlog=4096{reuseport}{tls};
    location / {{
      proxy_pass http://origin;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_field;
      proxy_read_timeout 600s; proxy_send_timeout 600s;
    }}
  }}
}}
"""

HAPROXY = """global
  nbthread {workers}
  maxconn {connections}
  ulimit-n {files}
  no strict-limits
  tune.maxpollevents 256
  tune.bufsize 16384
  tune.pipesize 1048576
  tune.pool-high-fd-ratio 99
  tune.pool-low-fd-ratio 98
defaults
  mode http
  {log}
  option http-keep-alive
  option forwardfor
  option splice-request
  option splice-response
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  timeout tunnel 600s
frontend clients
  bind {listen} backlog 4096{tls}
  default_backend application
backend application
  server origin {upstream} pool-purge-delay 600s
{log_ring}
"""

LOG_RING = """ring memory
  format rfc5424
  maxlen 1200
  size 1048576
"""

# What TLS 1.2 may use is said although all work is TLS 1.3; session tickets are on in all three, two after a handshake.
NGINX_TLS = """ ssl;
    ssl_certificate {certificate.certificate}; ssl_certificate_key {certificate.key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on; ssl_prefer_server_ciphers off"""
HAPROXY_TLS = " ssl crt {certificate.both} ssl-min-ver TLSv1.2 alpn http/1.1"

DEFAULT_COMMAND = ("{program} forward {listener} --upstream {upstream} --access-log {log} --threads {workers}")


class Proxy:
    """How one proxy is started: `command(...)` gives the argument list, `warm_up` the seconds of load before measuring."""

    def __init__(self, name, command, warm_up, speaks_tls=True):
        self.name, self.command, self.warm_up, self.speaks_tls = name, command, warm_up, speaks_tls


def _write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def nginx(folder, listen, upstream, workers, files, access_log, certificate):
    log = f"{folder}/access.log combined buffer=64k flush=1s" if access_log else "off"
    path = _write(folder, "nginx.conf", NGINX.format(
        folder=folder, listen=listen, upstream=upstream, workers=workers, files=files, log=log,
        reuseport=" reuseport" if workers > 1 else "", tls=NGINX_TLS.format(certificate=certificate) if certificate else ""))
    return ["nginx", "-p", folder, "-c", path, "-e", f"{folder}/error.log"]


def haproxy(folder, listen, upstream, workers, files, access_log, certificate):
    # HAProxy writes no files: its own ring in memory is the cheapest place its log can go.
    path = _write(folder, "haproxy.cfg", HAPROXY.format(
        listen=listen, upstream=upstream, workers=workers, files=files, connections=min(30000, files - 6000),
        log="log ring@memory local0\n  option httplog" if access_log else "no log",
        log_ring=LOG_RING if access_log else "",
        tls=HAPROXY_TLS.format(certificate=certificate) if certificate else ""))
    return ["haproxy", "-db", "-q", "-f", path]


def template(command, program):
    """A proxy given by its command line, in which {listener} (or, of one that is measured without TLS only, {listen}),
    {upstream}, {workers}, {log} and {program} are filled in."""
    def build(folder, listen, upstream, workers, files, access_log, certificate):
        # With a certificate the plain proxy would listen on its default port, unless it is sent elsewhere.
        listener = f"--proxy {listen}" if certificate is None else (
            f"--proxy unix:{folder}/plain --tls {listen} --tls-certificate {certificate.certificate} --tls-key {certificate.key}")
        values = {"listen": listen, "upstream": upstream, "workers": str(workers), "program": program,
                  "log": "text" if access_log else "none"}
        whole = command.replace("{listener}", listener)
        return [re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], part) for part in shlex.split(whole)]
    return build


def known(program, commands):
    """All proxies by name. `commands` are NAME=COMMAND pairs of further ones."""
    proxies = {"nginx": Proxy("nginx", nginx, .3), "haproxy": Proxy("haproxy", haproxy, .3),
               "wunderproxy": Proxy("wunderproxy", template(DEFAULT_COMMAND, program), 5)}
    for pair in commands:
        name, _, command = pair.partition("=")
        proxies[name] = Proxy(name, template(command, program), 5, "{listener}" in command)
    return proxies
