using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>The program gets certificates from a real ACME server.</summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class CertificateOrderTests : OrderFixture
{
    private static readonly HttpClient Client = new();

    private readonly int _tlsPort = FreePort.Next();

    [Test]
    public async Task Forward_gets_a_certificate_and_shows_it()
    {
        await using var pebble = await PebbleServer.StartAsync(Port);
        await using var application = new TestHttpServer(_ => Task.FromResult("from the application"), host: "*");
        var api = WunderProxyProcess.FreeEndPoint();
        var tls = WunderProxyProcess.FreeEndPoint();
        using var program = WunderProxyProcess.Start(
        [
            "forward", "--upstream", application.EndPoint.ToString(), "--proxy", $"127.0.0.1:{Port}", "--api", api.ToString(),
            "--tls", tls.ToString(), "--state-dir", Folder.FullName, .. AcmeOptions(pebble), "--acme-email", "ops@example.test",
        ]);

        await CertificateAsync(program, Folder.FullName);

        var status = JsonNode.Parse(await Client.GetStringAsync(new Uri($"http://{api}/status")))!;
        var metrics = await Client.GetStringAsync(new Uri($"http://{api}/metrics"));
        var page = await Client.GetStringAsync(new Uri($"http://{api}/"));
        var plain = await Client.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/.well-known/acme-challenge/0123456789abcdefghij"));
        Assert.Multiple(() =>
        {
            using var certificate = X509Certificate2.CreateFromPemFile(FileIn(Folder.FullName));
            var host = status["Acme"]!["Hosts"]![0]!;
            Assert.That(certificate.MatchesHostname(Host));
            Assert.That(certificate.HasPrivateKey);
            Assert.That((string)host["Host"]!, Is.EqualTo(Host));
            Assert.That(
                DateTimeOffset.Parse((string)host["ValidUntil"]!, CultureInfo.InvariantCulture).UtcDateTime,
                Is.EqualTo(certificate.NotAfter.ToUniversalTime()));
            Assert.That(host["LastError"], Is.Null);
            Assert.That(metrics, Does.Contain($"wunderproxy_acme_certificate_expiry_timestamp_seconds{{host=\"{Host}\"}} "));
            Assert.That(page, Does.Contain(">Certificates<").And.Contain($">{Host}<"));
            Assert.That((string)status["Tls"]!["Certificates"]![0]!["Source"]!, Is.EqualTo("acme"));
            Assert.That(program.Errors, Does.Contain("does not listen on port 80"));
            Assert.That($"{status["Warnings"]}", Does.Not.Contain("port 80"), "the authority has found its way");
            Assert.That(plain, Is.EqualTo("from the application"), "an unknown token goes the ordinary way");
        });
        Assert.That(await new AuthorityClient(await pebble.GetRootAsync(), Host).GetAsync(tls), Is.EqualTo("from the application"));
        program.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await program.WaitForExitAsync(), Is.Zero, program.Errors);
    }

    [TestCase(StoreKind.Folder)]
    [TestCase(StoreKind.S3)]
    public async Task Three_instances_order_once_and_any_of_them_answers(StoreKind kind)
    {
        using ITestStore store = kind == StoreKind.S3
            ? new BucketStore(TestEnvironment.S3Bucket, TestEnvironment.S3Variables)
            : new FolderStore();
        var prefix = $"apps/{Guid.NewGuid():n}";
        await using var pebble = await PebbleServer.StartAsync(Port);
        await pebble.ResolveAsync(Host, "127.0.0.4");
        var key = Path.Combine(Folder.FullName, "key");
        await File.WriteAllTextAsync(key, new string('k', 32));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] states = [.. Enumerable.Range(2, 3).Select(number => Path.Combine(Folder.FullName, $"state{number}"))];

        // The name resolves to the third one, which was told by the server to wait: it cannot be the one that orders. Its
        // directory is made by a start without certificates.
        using (var maker = Start(4, states[2], store, prefix, []))
        {
            maker.Signal(WunderProxyProcess.SigTerm);
            await maker.WaitForExitAsync();
        }

        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        Directory.CreateDirectory(StateOf(states[2]));
        var pauses = new JsonObject
        {
            ["Directory"] = pebble.DirectoryUrl.AbsoluteUri,
            ["Until"] = new JsonObject { [Host] = $"{until:O}" },
        };
        await File.WriteAllTextAsync(Path.Combine(StateOf(states[2]), "pauses.json"), pauses.ToJsonString());
        string[] options = ["--acme-key-file", key, .. AcmeOptions(pebble)];
        using var third = Start(4, states[2], store, prefix, options);
        using var first = Start(2, states[0], store, prefix, options);
        using var second = Start(3, states[1], store, prefix, options);

        await Eventually.TrueAsync(
            "all have a certificate", () => states.All(state => Directory.Exists(state) && File.Exists(Path.Combine(StateOf(state), Host + ".pem"))), 60);

        var client = new AuthorityClient(await pebble.GetRootAsync(), Host);
        foreach (var number in new[] { 2, 3, 4 })
        {
            await client.ConnectAsync(IPEndPoint.Parse($"127.0.0.{number}:{_tlsPort}"));
        }

        await Eventually.TrueAsync(
            "lease and answer are given back",
            async () => (await store.ListAsync(prefix)).All(name => !name.Contains("/acme.lock.", StringComparison.Ordinal)
                && !name.Contains("/challenge.", StringComparison.Ordinal)));
        var left = await store.ListAsync(prefix);
        Assert.Multiple(() =>
        {
            Assert.That(client.Serials, Has.Count.EqualTo(1), "all serve the same certificate");
            Assert.That(states.Select(state => File.ReadAllText(Path.Combine(StateOf(state), Host + ".pem"))).Distinct(StringComparer.Ordinal).Count(), Is.EqualTo(1));
            Assert.That(Regex.Count(pebble.Log, "Issued certificate serial", RegexOptions.None, TimeSpan.FromSeconds(5)), Is.EqualTo(1), pebble.Log);
            Assert.That(third.Errors, Does.Not.Contain("is ordered from").And.Contain("taken over from another instance"));
            Assert.That(left, Has.Some.EqualTo($"{prefix}/acme/{Host}.pem"));
        });
    }

    private static string StateOf(string state) => Path.Combine(Directory.GetDirectories(state, "shop-*").Single(), "acme");

    private WunderProxyProcess Start(int number, string state, ITestStore store, string prefix, string[] options)
    {
        var program = WunderProxyProcess.Start(
        [
            "run", store.Bucket, prefix, "shop", "--proxy", $"127.0.0.{number}:{Port}",
            "--api", WunderProxyProcess.FreeEndPoint().ToString(), "--docker-host", $"unix://{Folder.FullName}/no-engine.sock",
            "--state-dir", state, .. options, .. options.Length > 0 ? new[] { "--tls", $"127.0.0.{number}:{_tlsPort}" } : [],
        ],
        store.Variables);
        SpinWait.SpinUntil(() => program.HasExited || program.Errors.Contains("proxy on", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        return program;
    }
}
