using WunderProxy.IntegrationTests.Clients;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary>openssl s_client through the program: what is negotiated, resumed and refused.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.Secure))]
internal sealed class OpenSslClientTests(string wiring) : ClientFixture(wiring)
{
    private const string LastRequest = "GET /text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    [TestCase("-tls1_2", "New, TLSv1.2, Cipher is ECDHE-ECDSA-")]
    [TestCase("-tls1_3", "New, TLSv1.3, Cipher is TLS_")]
    public async Task Version_is_spoken(string version, string negotiated)
    {
        var said = await AskAsync(version);

        Assert.That(said, Does.Contain(negotiated).And.Contain("Verify return code: 0 (ok)"));
        Assert.That(said, Does.Contain("HTTP/1.1 200 OK").And.Contain("hello\n"));
        Assert.That(said, Does.Contain("Compression: NONE"));
    }

    [TestCase("X25519", "X25519")]
    [TestCase("P-256", "prime256v1")]
    [TestCase("P-384", "secp384r1")]
    public async Task Group_of_the_client_is_agreed_on(string group, string name) =>
        Assert.That(await AskAsync("-tls1_3", "-groups", group), Does.Match($"Temp Key: .*{name},"));

    [Test]
    public async Task Other_group_is_refused_by_openssl_and_left_to_the_machine_by_the_runtime()
    {
        var isRefused = Wiring.Engine == "openssl";
        using var client = OpenSslClient.Start(Proxy, "-tls1_3", "-groups", "P-521");
        await client.WriteAsync(isRefused ? string.Empty : LastRequest);

        Assert.That(await client.EndAsync(), Is.EqualTo(isRefused ? 1 : 0), client.Said);
        Assert.That(client.Said, Does.Match(isRefused ? "alert handshake failure" : "Temp Key: .*secp521r1,"));
    }

    // Without the lower level of security the client would not even offer them.
    [TestCase("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")]
    [TestCase("-tls1", "-cipher", "DEFAULT@SECLEVEL=0")]
    [TestCase("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256")]
    [TestCase("-tls1_2", "-cipher", "AES128-GCM-SHA256")]
    [TestCase("-alpn", "h2")]
    public async Task What_is_broken_or_not_there_is_refused_by_an_alert(params string[] options)
    {
        using var client = OpenSslClient.Start(Proxy, options);

        Assert.That(await client.EndAsync(), Is.EqualTo(1), client.Said);
        Assert.That(client.Said, Does.Match("alert (protocol version|handshake failure|no application protocol)"));
    }

    [TestCase("h2,http/1.1", "http/1.1")]
    [TestCase("http/1.0", "http/1.0")]
    public async Task Protocol_is_agreed_on(string offered, string agreed) =>
        Assert.That(await AskAsync("-alpn", offered), Does.Contain($"ALPN protocol: {agreed}\n"));

    [TestCase("-tls1_2")]
    [TestCase("-tls1_3")]
    public async Task Session_is_resumed_by_openssl_and_not_by_the_runtime(string version)
    {
        // The runtime keeps no keys of tickets from one connection to the next while its cipher suites are ours.
        var (expected, session) = (Wiring.Engine == "openssl" ? "Reused" : "New", PathOf($"session{version}"));
        await AskAsync(version, "-sess_out", session);

        var again = await AskAsync(version, File.Exists(session) ? ["-sess_in", session] : []);

        Assert.That(again, Does.Contain($"{expected}, TLSv1."));
    }

    [Test]
    public async Task Renegotiation_is_refused()
    {
        using var client = OpenSslClient.Start(Proxy, "-tls1_2");
        await client.WaitForAsync("Verify return code");

        await client.WriteAsync("R\n");
        await client.WaitForAsync("RENEGOTIATING");
        await client.EndAsync();

        Assert.That(client.Said, Does.Contain("no renegotiation").Or.Contain("unexpected eof"));
    }

    [TestCase("K")]
    [TestCase("k")]
    public async Task Keys_are_updated_and_the_connection_goes_on(string command)
    {
        using var client = OpenSslClient.Start(Proxy, "-tls1_3");
        await client.WaitForAsync("Verify return code");

        for (var round = 1; round <= 3; round++)
        {
            var before = client.Said.Split("KEYUPDATE").Length;
            await client.WriteAsync($"{command}\n");
            await Eventually.TrueAsync("the update", () => client.Said.Split("KEYUPDATE").Length > before);
        }

        await client.WriteAsync(LastRequest);
        Assert.That(await client.EndAsync(), Is.Zero, client.Said);
        Assert.That(client.Said, Does.Contain("HTTP/1.1 200 OK"));
    }

    private async Task<string> AskAsync(string option, params string[] more)
    {
        using var client = OpenSslClient.Start(Proxy, [option, .. more]);
        await client.WriteAsync(LastRequest);
        Assert.That(await client.EndAsync(), Is.Zero, client.Said);
        return client.Said;
    }
}
