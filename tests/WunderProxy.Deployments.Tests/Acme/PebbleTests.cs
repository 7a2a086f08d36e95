using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Deployments.Acme;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>One instance against a real server.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PebbleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingSink _sink = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task Certificates_are_ordered_with_half_of_the_nonces_refused_and_nothing_reused()
    {
        await using var pebble = await PebbleServer.StartAsync(_port, refusedNonces: 50, reusedAuthorizations: 0);
        using var answering = new AnsweringListener(_port, _sink);
        var root = X509Certificate2.CreateFromPem(await pebble.GetRootAsync());
        using var state = AcmeState.TryOpen(_directory.FullPath);
        using var keeper = NewKeeper(pebble, state!);

        foreach (var host in keeper.Hosts)
        {
            await keeper.LookAsync(host, CancellationToken.None);
            Assert.That(host.LastError, Is.Null, pebble.Log);
            AssertTrusted(host.Name, root);
        }

        Assert.That(keeper.Snapshot().Warnings, Is.Empty);
    }

    [Test]
    public async Task Account_is_bound_where_that_is_required()
    {
        await using var pebble = await PebbleServer.StartAsync(_port, needsBinding: true);
        using var answering = new AnsweringListener(_port, _sink);
        using var state = AcmeState.TryOpen(_directory.FullPath);
        using (var unbound = NewKeeper(pebble, state!))
        {
            await unbound.LookAsync(unbound.Hosts[0], CancellationToken.None);
            Assert.That(unbound.Hosts[0].LastError, Does.Contain("externalAccountRequired"));
        }

        using var wrong = NewKeeper(pebble, state!, new ExternalAccount(PebbleServer.BindingKeyId, new byte[32]));
        await wrong.LookAsync(wrong.Hosts[0], CancellationToken.None);
        Assert.That(wrong.Hosts[0].LastError, Does.Contain("403").Or.Contain("400").Or.Contain("401"));

        using var bound = NewKeeper(pebble, state!, new ExternalAccount(
            PebbleServer.BindingKeyId, System.Buffers.Text.Base64Url.DecodeFromChars(PebbleServer.BindingKey)));
        await bound.LookAsync(bound.Hosts[0], CancellationToken.None);

        Assert.That(bound.Hosts[0].LastError, Is.Null, pebble.Log);
        Assert.That(_sink.Uses, Is.EqualTo(1));
    }

    [Test]
    public async Task Challenge_that_fails_is_told_in_the_servers_words()
    {
        await using var pebble = await PebbleServer.StartAsync(_port);
        using var state = AcmeState.TryOpen(_directory.FullPath);
        using var keeper = NewKeeper(pebble, state!);

        await keeper.LookAsync(keeper.Hosts[0], CancellationToken.None);

        Assert.That(keeper.Hosts[0].LastError, Does.Contain("could not see that one.example.test is ours").And.Contain("connection"));
        Assert.That(_sink.Uses, Is.Zero);
    }

    [Test]
    public async Task Second_order_uses_the_account_and_a_server_that_lost_it_gets_it_again()
    {
        using var state = AcmeState.TryOpen(_directory.FullPath);
        using var answering = new AnsweringListener(_port, _sink);
        var url = "";
        await using (var pebble = await PebbleServer.StartAsync(_port))
        {
            using var keeper = NewKeeper(pebble, state!);
            await keeper.LookAsync(keeper.Hosts[0], CancellationToken.None);
            url = state!.ReadAccount(pebble.DirectoryUrl)!.Url!;
            await keeper.LookAsync(keeper.Hosts[1], CancellationToken.None);

            Assert.That(_sink.Uses, Is.EqualTo(2), pebble.Log);
            Assert.That(state.ReadAccount(pebble.DirectoryUrl)!.Url, Is.EqualTo(url));
            state.WriteAccount(pebble.DirectoryUrl, state.ReadAccount(pebble.DirectoryUrl)! with { Url = url + "0" });
            keeper.Hosts[0].RenewAt = DateTimeOffset.MinValue;
            keeper.Hosts[0].NextAdvice = DateTimeOffset.MaxValue;
            await keeper.LookAsync(keeper.Hosts[0], CancellationToken.None);

            Assert.That(_sink.Uses, Is.EqualTo(3), keeper.Hosts[0].LastError);
            Assert.That(state.ReadAccount(pebble.DirectoryUrl)!.Url, Is.EqualTo(url), "the key has the account already");
        }
    }

    private CertificateKeeper NewKeeper(PebbleServer pebble, AcmeState state, ExternalAccount? external = null)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(pebble.RootFile);
        var options = new AcmeOptions
        {
            Hosts = ["one.example.test", "two.example.test"],
            Directory = pebble.DirectoryUrl,
            Roots = roots,
            ExternalAccount = external,
        };
        return new CertificateKeeper(options, state, _sink, _sink, sharing: null, new RecordingLoggerFactory(), TimeProvider.System);
    }

    private void AssertTrusted(string host, X509Certificate2 root)
    {
        var (chainPem, keyPem) = _sink.Certificates[host];
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chainPem);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var issuer in certificates.Skip(1))
        {
            chain.ChainPolicy.ExtraStore.Add(issuer);
        }

        Assert.That(chain.Build(certificates[0]), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        Assert.That(certificates[0].MatchesHostname(host));
        using var key = ECDsa.Create();
        Assert.That(() => key.ImportFromPem(keyPem), Throws.Nothing);
    }

    /// <summary>Answers challenges with what was published.</summary>
    private sealed class AnsweringListener : IDisposable
    {
        private readonly HttpListener _listener = new();

        public AnsweringListener(int port, RecordingSink sink)
        {
            _listener.Prefixes.Add($"http://*:{port}/");
            _listener.Start();
            _ = ServeAsync(sink);
        }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync(RecordingSink sink)
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    var token = context.Request.Url!.AbsolutePath.Split('/')[^1];
                    var answer = sink.Published.LastOrDefault(one => one.Token == token).Answer;
                    context.Response.StatusCode = answer is null ? 404 : 200;
                    await using var writer = new StreamWriter(context.Response.OutputStream);
                    await writer.WriteAsync(answer);
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
            }
        }
    }
}
