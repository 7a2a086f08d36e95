using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using WunderProxy.Certificates;
using WunderProxy.Cli;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;
using WunderProxy.ManagerApi.Page;
using WunderProxy.Tests.Metrics;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class StatusFactsTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    private static readonly TrafficSnapshot Traffic = new(
        Requests: 12,
        TotalSeconds: 1.5,
        new ResponseTimes(0.1, 0.2, 0.3, 0.4, 0.5),
        new StatusCounts(
            new Dictionary<string, long>(StringComparer.Ordinal) { ["2xx"] = 11, ["5xx"] = 1 },
            new Dictionary<int, long> { [200] = 11, [502] = 1 },
            []),
        BytesIn: 100,
        BytesOut: 2000,
        GatewayErrors: 1,
        Aborted: 0);

    private static readonly TrafficSnapshot Nothing = new(
        0, 0, default, new StatusCounts(new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<int, long>(), []), 0, 0, 0, 0);

    [Test]
    public void Words_of_the_guard_are_not_for_strangers()
    {
        var facts = Facts() with
        {
            Lifecycle = new LifecycleSnapshot
            {
                Guard = new GuardView("id", "bb", "r42", "aa", "r41", Since, Since, GuardState.Kept, "the engine said: quoted"),
            },
        };

        Assert.That(PageOf(facts), Does.Contain("quoted"));
        foreach (var told in new[] { facts.ForAnybody(), facts.ForStrangers() })
        {
            Assert.That(PageOf(told), Does.Not.Contain("quoted"));
            Assert.That(JsonSerializer.Serialize(told.ToDocument(), ApiJson.Context.StatusDocument), Does.Not.Contain("quoted").And.Contain(GuardState.Kept));
        }
    }

    [Test]
    public void Document_has_the_old_keys_first_and_then_ours()
    {
        var json = Encoding.UTF8.GetString(
            JsonSerializer.SerializeToUtf8Bytes(Facts().ToDocument(), ApiJson.Context.StatusDocument));

        Assert.That(json, Is.EqualTo(
            """
            {"HeapSize":1048576,"TotalTime":1.5,"Requests":12,"States":{"new":1,"active":2,"idle":3,"upgraded":4},"DockerState":"Ok","Status":"serving","App":"shop","Version":"1.2.3","Uptime":61.5,"Upstream":{"Address":"127.0.0.1:9292","Container":"c0ffee","Hash":"8ef7ff52ebd8bbc18db1c5cbbeb07fdd5c7415c20b9b7de3396ed8d6d204e0dd","Revision":"r42","Since":"2026-11-22T09:00:00+00:00","Health":"healthy"},"ResponseTimes":{"P50":0.1,"P90":0.2,"P99":0.3,"P999":0.4,"Max":0.5,"P95":0},"StatusCodes":{"Classes":{"2xx":11,"5xx":1},"Codes":{"200":11,"502":1},"Minutes":[]},"Bytes":{"In":100,"Out":2000},"InFlight":6,"Waiting":0,"Draining":[],"Operation":null,"Previous":[],"Buffers":{"Memory":0,"Disk":0,"MemoryLimit":0,"DiskLimit":0,"Spills":0},"StoreState":"Ok","Warnings":["clock is off"],"Applications":[{"App":"shop","Status":"serving","Upstream":{"Address":"127.0.0.1:9292","Container":"c0ffee","Hash":"8ef7ff52ebd8bbc18db1c5cbbeb07fdd5c7415c20b9b7de3396ed8d6d204e0dd","Revision":"r42","Since":"2026-11-22T09:00:00+00:00","Health":"healthy"},"Requests":0,"Classes":{},"Codes":{},"Bytes":{"In":0,"Out":0},"Active":[],"Waiting":0,"Revisions":[],"Draining":[],"Operation":null}]}
            """));
    }

    [Test]
    public void Certificates_stand_in_the_document_and_their_words_only_for_callers_with_rights()
    {
        var host = new OrderedCertificateView("shop.test", Since, Since.AddDays(1), 2, "the CA said: go away") { PublicError = "the CA said" };
        var facts = Facts() with
        {
            Certificates = new CertificateOrdersView("https://ca.test/dir", Shared: true, [host])
            {
                Warnings = ["no certificate: go away"],
                PublicWarnings = ["no certificate"],
            },
        };

        var json = JsonSerializer.Serialize(facts.ToDocument(), ApiJson.Context.StatusDocument);
        var forAnybody = JsonSerializer.Serialize(facts.ForAnybody().ToDocument(), ApiJson.Context.StatusDocument);

        Assert.Multiple(() =>
        {
            Assert.That(json, Does.Contain(
                """
                "Acme":{"Directory":"https://ca.test/dir","Shared":true,"Hosts":[{"Host":"shop.test","ValidUntil":"2026-11-22T09:00:00+00:00","NextTry":"2026-11-23T09:00:00+00:00","Failures":2,"LastError":"the CA said: go away"}]},"Warnings":["no certificate: go away","clock is off"]
                """));
            Assert.That(forAnybody, Does.Not.Contain("go away").And.Contain("\"LastError\":\"the CA said\""));
            Assert.That(MetricsOf(facts), Does.Contain("wunderproxy_acme_certificate_expiry_timestamp_seconds{host=\"shop.test\"} 1795338000\n")
                .And.Contain("wunderproxy_acme_order_failures{host=\"shop.test\"} 2\n"));
            Assert.That(PageOf(facts), Does.Contain(">shop.test</td>").And.Contain("the CA said: go away"));
        });
    }

    [Test]
    public void Tls_shows_where_it_is_spoken_and_each_certificate_with_its_source_and_problem()
    {
        var facts = FactsWithTls();

        var json = JsonSerializer.Serialize(facts.ToDocument(), ApiJson.Context.StatusDocument);

        Assert.That(json, Does.Contain(
            """
            "Tls":{"Engine":"openssl","Listeners":[{"Use":"proxy","Address":"10.0.0.1:443"},{"Use":"status","Address":"10.0.0.1:8002"}],"Certificates":[{"Use":"proxy","Names":["a.test","b.test","c.test","d.test"],"NotBefore":"2026-11-22T09:00:00+00:00","NotAfter":"2026-12-22T09:00:00+00:00","DaysLeft":30,"State":"valid","Source":"file","File":"/etc/tls/a.crt","LastProblem":"/etc/tls/a.crt: no PEM"},{"Use":"proxy","Names":["shop.test"],"NotBefore":"2026-11-22T09:00:00+00:00","NotAfter":"2026-11-24T09:00:00+00:00","DaysLeft":2,"State":"expires_soon","Source":"acme","NextRenewal":"2026-11-23T09:00:00+00:00","LastProblem":"the CA said: go away"}],"Handshakes":{"Full":0,"Resumed":0,"Failed":0}}
            """.Trim()));
        Assert.That(StatusText.Write("web1", facts.ToDocument()), Does.Contain(
            """
              tls          openssl, handshakes: 0 full, 0 resumed, 0 failed
              listener     10.0.0.1:443 (proxy)
              listener     10.0.0.1:8002 (status)
              certificate  a.test, b.test, c.test and 1 more (proxy): valid, until 2026-12-22 09:00 UTC (30 days), /etc/tls/a.crt
              problem      /etc/tls/a.crt: no PEM
              certificate  shop.test (proxy): expires soon, until 2026-11-24 09:00 UTC (2 days), ACME, next order 2026-11-23 09:00 UTC
              problem      the CA said: go away
              certificate  new.test (proxy): none yet, ACME
              warning      the certificate ends
            """));
        Assert.That(PageOf(facts), Does.Contain("<dt>Status listener</dt><dd>10.0.0.1:8002</dd>")
            .And.Contain(">/etc/tls/a.crt</td>").And.Match(">new.test</td><td[^>]*>none yet</td><td[^>]*>ACME</td>"));
    }

    [Test]
    public void Tls_names_no_file_to_anybody_and_no_address_to_strangers()
    {
        var forAnybody = JsonSerializer.Serialize(FactsWithTls().ForAnybody().ToDocument(), ApiJson.Context.StatusDocument);
        var forStrangers = PageOf(FactsWithTls().ForStrangers());

        Assert.That(forAnybody, Does.Not.Contain("/etc/tls").And.Not.Contain("go away").And.Contain("10.0.0.1:8002"));
        Assert.That(forAnybody, Does.Contain("\"LastProblem\":\"its file could not be read again\""));
        Assert.That(forStrangers, Does.Not.Contain("/etc/tls").And.Not.Contain("10.0.0.1").And.Contain("a.test, b.test"));
    }

    [Test]
    public void Port_of_challenges_is_a_warning_until_an_authority_has_found_its_way()
    {
        const string Warning = "not on port 80";
        var served = new OrderedCertificateView("a.test", Since.AddDays(30), Since.AddDays(20), 0, null);
        var facts = Facts() with { ChallengeWarning = Warning };

        Assert.That(facts.Warnings, Does.Not.Contain(Warning), "nothing is ordered");
        Assert.That(With(served).Warnings, Does.Not.Contain(Warning));
        Assert.That(With(served with { Failures = 1 }).Warnings, Does.Contain(Warning));
        Assert.That(With(served with { ValidUntil = null }).Warnings, Does.Contain(Warning));

        StatusFacts With(OrderedCertificateView host) => facts with { Certificates = new("https://ca.test/dir", Shared: false, [host]) };
    }

    [TestCase("serving", 200)]
    [TestCase("paused", 200)]
    [TestCase("starting", 503)]
    [TestCase("draining", 503)]
    [TestCase("unavailable", 503)]
    public void Word_decides_the_status(string word, int status)
    {
        var facts = word switch
        {
            "paused" => Facts(isPaused: true),
            "starting" => Facts(hasUpstream: false, isStarting: true),
            "draining" => Facts(isLeaving: true),
            "unavailable" => Facts(hasUpstream: false),
            _ => Facts(),
        };

        Assert.That(facts.Status, Is.EqualTo(word));
        Assert.That(facts.IsAvailable ? 200 : 503, Is.EqualTo(status));
    }

    [Test]
    public void Refused_connect_makes_it_unavailable_and_failed_probes_do_not()
    {
        Assert.That(Facts(isRefused: true).IsAvailable, Is.False);
        Assert.That(Facts(health: "unhealthy").IsAvailable, Is.True);
    }

    [Test]
    public void Leaving_while_paused_is_leaving() =>
        Assert.That(Facts(isPaused: true, isLeaving: true).Status, Is.EqualTo("draining"));

    [Test]
    public void Without_an_upstream_the_document_tells_what_was_answered_without_one() =>
        Assert.That(Facts(hasUpstream: false).ToDocument().Requests, Is.Zero);

    [Test]
    public void Page_escapes_what_others_named()
    {
        var page = PageOf(Facts() with { App = "<script>alert(1)</script>" });

        Assert.That(page, Does.Not.Contain("<script>alert"));
        Assert.That(page, Does.Contain("&lt;script&gt;"));
    }

    [Test]
    public void Page_escapes_what_certificates_files_and_authorities_say()
    {
        const string Script = "<script>alert(1)</script>";
        var facts = FactsWithTls(Script);

        var page = PageOf(facts);

        Assert.That(page, Does.Not.Contain("<script>alert"));
        Assert.That(Regex.Count(page, "&lt;script&gt;alert"), Is.EqualTo(9));
        Assert.That(StatusText.Write("web1", FactsWithTls("\e]0;x\a").ToDocument()), Does.Not.Contain("\e").And.Not.Contain("\a"));
    }

    [Test]
    public void Metrics_are_prometheus_text()
    {
        var lines = MetricsOf(Facts() with { App = "a\"b", LogDropped = 7 }).TrimEnd('\n').Split('\n');

        Assert.That(lines, Has.All.Matches(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+=""([^""\\]|\\.)*""(,[a-z_]+=""([^""\\]|\\.)*"")*\})? [-0-9.E+]+)$"));
        Assert.That(lines, Does.Contain("wunderproxy_available 1"));
        Assert.That(lines, Does.Contain("wunderproxy_log_dropped_total 7"));
        Assert.That(lines, Does.Contain("wunderproxy_upstream_info{address=\"127.0.0.1:9292\",revision=\"r42\",hash=\"8ef7ff52ebd8bbc18db1c5cbbeb07fdd5c7415c20b9b7de3396ed8d6d204e0dd\"} 1"));
    }

    [Test]
    public void Fallbacks_are_told_where_there_is_a_key()
    {
        var json = Encoding.UTF8.GetString(
            JsonSerializer.SerializeToUtf8Bytes(WithFallback().ToDocument(), ApiJson.Context.StatusDocument));
        var lines = MetricsOf(WithFallback()).Split('\n');

        Assert.That(json, Does.Contain(
            """
            "Fallback":{"Sent":6,"Failed":2,"OverBudget":3,"Received":4,"NotBelieved":5,"InFlight":1,"Peers":[{"Address":"10.0.0.2:80","Reachable":false}]}
            """.Trim()));
        Assert.That(lines, Does.Contain("wunderproxy_fallback_sent_total 6").And.Contain("wunderproxy_fallback_failed_total 2")
            .And.Contain("wunderproxy_fallback_over_budget_total 3").And.Contain("wunderproxy_fallback_received_total 4")
            .And.Contain("wunderproxy_fallback_not_believed_total 5").And.Contain("wunderproxy_fallback_in_flight 1")
            .And.Contain("wunderproxy_peer_reachable{peer=\"10.0.0.2:80\"} 0"));
    }

    [Test]
    public void Without_an_upstream_it_is_unavailable_peers_or_not() =>
        Assert.That(WithFallback(hasUpstream: false).IsAvailable, Is.False);

    private static string MetricsOf(StatusFacts facts) =>
        Encoding.UTF8.GetString(MetricText.Write(MetricCollection.Of(facts, FullFacts.Traffic()), TextFormat.Prometheus));

    private static string PageOf(StatusFacts facts) =>
        PageDocument.Write(new PageModel(Since, PageWindow.FiveMinutes, facts, PageRights.Reader));

    private static StatusFacts FactsWithTls(string? evil = null)
    {
        CertificateView[] certificates =
        [
            new("proxy", [evil ?? "a.test", "b.test", "c.test", "d.test"], Since, Since.AddDays(30), 30)
            {
                State = evil ?? "valid",
                Source = "file",
                File = evil ?? "/etc/tls/a.crt",
                LastProblem = evil ?? "/etc/tls/a.crt: no PEM",
            },
            new("proxy", ["shop.test"], Since, Since.AddDays(2), 2) { State = "expires_soon", Source = CertificateView.FromAcme },
        ];
        OrderedCertificateView[] hosts =
        [
            new("shop.test", Since.AddDays(2), Since.AddDays(1), 2, evil ?? "the CA said: go away") { PublicError = "the CA said" },
            new(evil ?? "new.test", null, null, 0, evil) { PublicError = evil },
        ];
        return Facts() with
        {
            Tls = [new TlsSnapshot(CertificateUse.Proxy, TlsEngine.OpenSsl, certificates, new TlsHandshakeCounters(), [evil ?? "the certificate ends"])],
            TlsListeners = [new("proxy", "10.0.0.1:443"), new("status", evil ?? "10.0.0.1:8002")],
            Certificates = new CertificateOrdersView("https://ca.test/dir", Shared: true, hosts),
        };
    }

    private static StatusFacts WithFallback(bool hasUpstream = true)
    {
        var facts = Facts(hasUpstream);
        var peers = new[] { new PeerSnapshot(IPEndPoint.Parse("10.0.0.2:80"), LastConnectRefused: true) };
        return facts with { Forwarder = facts.Forwarder with { Fallback = new FallbackSnapshot(6, 2, 3, 4, 5, 1, peers) } };
    }

    private static StatusFacts Facts(
        bool hasUpstream = true,
        bool isPaused = false,
        bool isStarting = false,
        bool isLeaving = false,
        bool isRefused = false,
        string health = "healthy")
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 9292);
        var upstream = new UpstreamSnapshot(endPoint, "aa11", Since, new InFlightCounts(3, 2, 1), Traffic, isRefused);
        var forwarder = new ForwarderSnapshot(
            Nothing, new ConnectionCounts(1, 2, 3, 4), 10, 0, 0);
        var application = new ApplicationSnapshot(Nothing, hasUpstream ? upstream : null, [], isPaused, 0);
        var lifecycle = new LifecycleSnapshot
        {
            Current = hasUpstream ? new TrafficTarget(endPoint, "c0ffee", LaunchConfigHash.Of("r42"u8), "r42") : null,
            Since = Since,
            Health = health,
            Starting = isStarting,
            Warnings = ["clock is off"],
        };
        return new StatusFacts(forwarder, application, lifecycle, [])
        {
            App = "shop",
            Version = "1.2.3",
            HeapSize = 1 << 20,
            Uptime = TimeSpan.FromSeconds(61.5),
            IsLeaving = isLeaving,
        };
    }
}
