"""The work that is measured, and the figures that WunderProxy wants to reach in it."""
from dataclasses import dataclass, field

MIB = 1 << 20
IDLE_CONNECTIONS = 10000
IDLE_TLS_CONNECTIONS = 5000
LATENCY_RATE = 3000


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    kind: str  # requests, bytes, latency, idle or startup: which columns are printed
    tool: str = "load"
    arguments: tuple = ()
    unit: str = "request"
    workers: int = 1
    duration: float = 1.0  # times --seconds
    rounds: float = 1.0  # times --rounds
    figures: tuple = field(default_factory=tuple)
    tls: bool = False
    idle: int = IDLE_CONNECTIONS
    compared: str = ""  # the column that carries ratios and spread, if not the usual one of the kind


@dataclass(frozen=True)
class Figure:
    """A column of which WunderProxy's ratio to a rival (or its plain value) is judged."""
    column: str
    label: str
    against: str  # better (of the rivals), nginx, haproxy, the name of another scenario, or plain
    reach: float | None
    stretch: float | None
    higher_is_better: bool = False
    scale: float = 1.0  # of a plain value
    native_reach: float | None = None  # of the native program, where it is another


def _get(path, length, connections, *more):
    return ("--path", path, "--length", str(length), "--connections", str(connections), *more)


def _post(size, connections):
    return ("--path", "/sink", "--post", str(size), "--connections", str(connections))


def _over_tls(get):
    """Connections are opened, and have made their handshakes, before the measurement begins."""
    return (*get, "--wait")


def _cpu(reach, stretch, against="better", native_reach=None):
    return Figure("cpu_us", "CPU", against, reach, stretch, native_reach=native_reach)


def _volume(reach, stretch):
    return Figure("gib_per_cpu_s", "GiB per CPU-second", "better", reach, stretch, higher_is_better=True)


ALL = (
    Scenario("small", "GET 128 B, 64 keep-alive connections", "requests", arguments=_get("/bytes/128", 128, 64),
             figures=(_cpu(.80, .68),)),
    Scenario("new-connection", "GET 128 B, a new connection per request", "requests",
             arguments=_get("/bytes/128", 128, 64, "--close"), figures=(_cpu(1.0, .88),)),
    Scenario("10k", "GET 10 KiB, 64 keep-alive connections", "requests", arguments=_get("/bytes/10240", 10240, 64),
             figures=(_cpu(.85, .70),)),
    Scenario("chunked", "GET 10 KiB in four chunks, 64 keep-alive connections", "requests",
             arguments=_get("/chunked/10240", 10240, 64), figures=(_cpu(.85, .70),)),
    Scenario("1m", "GET 1 MiB, 16 keep-alive connections", "bytes",
             arguments=_get(f"/bytes/{MIB}", MIB, 16), figures=(_volume(.95, 1.05),)),
    Scenario("100m", "GET 100 MiB, one after the other", "bytes", arguments=_get(f"/bytes/{100 * MIB}", 100 * MIB, 1),
             figures=(_volume(.85, 1.0),)),
    Scenario("post-64k", "POST 64 KiB, 32 keep-alive connections", "bytes", arguments=_post(65536, 32),
             figures=(_volume(.95, 1.05),)),
    Scenario("post-10m", "POST 10 MiB, 8 keep-alive connections", "bytes", arguments=_post(10 * MIB, 8),
             figures=(_volume(.85, 1.0),)),
    Scenario("websocket", "WebSocket messages of 128 B echoed, 64 connections", "requests", tool="messages",
             arguments=("--connections", "64"), unit="message", figures=(_cpu(1.0, .92),)),
    Scenario("latency", f"GET 128 B, open loop, {LATENCY_RATE} Poisson arrivals per second", "latency",
             arguments=_get("/bytes/128", 128, 64, "--rate", str(LATENCY_RATE)), duration=4, rounds=.5,
             figures=(Figure("added_p50", "p50 added", "better", 1.0, .8),)),
    Scenario("two-workers", "GET 128 B, 64 keep-alive connections, two workers, nothing pinned", "requests",
             arguments=_get("/bytes/128", 128, 64), workers=2,
             figures=(_cpu(.85, .70), Figure("cpu_us", "CPU to one worker's", "small", 1.1, 1.0))),
    Scenario("idle", f"{IDLE_CONNECTIONS:,} idle connections, then GET 128 B on 64 more", "idle", rounds=.25, duration=4,
             arguments=_get("/bytes/128", 128, 64),
             figures=(Figure("bytes_each", "bytes per idle connection", "plain", 1300, 600),
                      Figure("cpu_us", "CPU beside them", "nginx", 1.1, .8))),
    # The native program's: the portable one, where it is measured beside it, cannot reach them.
    Scenario("startup", "process start to the first proxied answer", "startup", rounds=.5,
             figures=(Figure("rss", "MB resident", "plain", 25, 20, scale=1e-6),
                      Figure("milliseconds", "ms to the first answer", "plain", 40, 20))),
    # TLS 1.3, AES-128-GCM, X25519, the same certificate (ECDSA on P-256) everywhere.
    Scenario("tls-small", "TLS: GET 128 B, 64 keep-alive connections", "requests", tls=True,
             arguments=_over_tls(_get("/bytes/128", 128, 64)), figures=(_cpu(.85, .80, native_reach=.88),)),
    Scenario("tls-10k", "TLS: GET 10 KiB, 64 keep-alive connections", "requests", tls=True,
             arguments=_over_tls(_get("/bytes/10240", 10240, 64)), figures=(_cpu(.92, .85),)),
    Scenario("tls-1m", "TLS: GET 1 MiB, 16 keep-alive connections", "bytes", tls=True,
             arguments=_over_tls(_get(f"/bytes/{MIB}", MIB, 16)), figures=(_volume(1.30, 1.40),)),
    Scenario("tls-post-64k", "TLS: POST 64 KiB, 32 keep-alive connections", "bytes", tls=True,
             arguments=_over_tls(_post(65536, 32)), figures=(_volume(.98, 1.05),)),
    Scenario("tls-handshake", "TLS: a full handshake and GET 128 B", "requests", tls=True, unit="connection",
             arguments=_over_tls(_get("/bytes/128", 128, 64, "--close")), figures=(_cpu(1.0, .95, "nginx"),)),
    Scenario("tls-resumed", "TLS: a resumed handshake and GET 128 B", "requests", tls=True, unit="connection",
             arguments=_over_tls(_get("/bytes/128", 128, 64, "--close", "--resume")), figures=(_cpu(.96, .90, "nginx"),)),
    Scenario("tls-idle", f"TLS: {IDLE_TLS_CONNECTIONS:,} idle connections, then GET 128 B on 64 more", "idle", tls=True,
             rounds=.25, duration=4, idle=IDLE_TLS_CONNECTIONS, compared="bytes_each",
             arguments=_over_tls(_get("/bytes/128", 128, 64)),
             figures=(Figure("bytes_each", "bytes per idle connection", "nginx", 1.0, None),
                      Figure("bytes_each", "bytes per idle connection", "plain", None, 13500))),
)

BY_NAME = {scenario.name: scenario for scenario in ALL}
QUICK = ("small", "1m")
GROUPS = {"plain": tuple(scenario.name for scenario in ALL if not scenario.tls),
          "tls": tuple(scenario.name for scenario in ALL if scenario.tls)}
