using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.EndToEnd;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>What certificates are ordered with is away: the application is served, and the operator is told.</summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class CertificateOrderFaultTests : OrderFixture
{
    private static readonly HttpClient Client = new();

    [Test]
    public async Task Nothing_is_ordered_while_the_disk_is_full()
    {
        await using var pebble = await PebbleServer.StartAsync(Port);
        await using var application = new TestHttpServer(_ => Task.FromResult("from the application"), host: "*");
        await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", Folder.FullName]);
        try
        {
            var filler = DiskFiller.Fill(Folder.FullName);
            var api = WunderProxyProcess.FreeEndPoint();
            string[] arguments =
            [
                "forward", "--upstream", application.EndPoint.ToString(), "--proxy", $"127.0.0.1:{Port}", "--api", api.ToString(),
                "--tls", WunderProxyProcess.FreeEndPoint().ToString(), "--state-dir", Folder.FullName, .. AcmeOptions(pebble),
            ];
            using (var program = WunderProxyProcess.Start(arguments))
            {
                await Eventually.TrueAsync("the failure is told", async () => await LastErrorAsync(api) is not null || program.HasExited);
                Assert.That(await LastErrorAsync(api), Does.Contain("cannot be written"), program.Errors);
                Assert.That(await Client.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/")), Is.EqualTo("from the application"));
                Assert.That(pebble.Log, Does.Not.Contain("POST /order"), "an order would be lost");
            }

            File.Delete(filler);
            using var again = WunderProxyProcess.Start(arguments);
            await CertificateAsync(again, Folder.FullName);
            Assert.That(await LastErrorAsync(api), Is.Null);
        }
        finally
        {
            await HostCommand.RunAsync("umount", ["-l", Folder.FullName]);
        }
    }

    [Test]
    public async Task Server_that_is_away_leaves_handshakes_without_a_certificate_and_everything_else_works()
    {
        await using var application = new TestHttpServer(_ => Task.FromResult("from the application"), host: "*");
        var (api, tls) = (WunderProxyProcess.FreeEndPoint(), WunderProxyProcess.FreeEndPoint());
        using var program = WunderProxyProcess.Start(
        [
            "forward", "--upstream", application.EndPoint.ToString(), "--proxy", $"127.0.0.1:{Port}", "--api", api.ToString(),
            "--tls", tls.ToString(), "--state-dir", Folder.FullName, "--acme-domain", Host,
            "--acme-directory", $"http://{WunderProxyProcess.FreeEndPoint()}/dir",
        ]);
        await Eventually.TrueAsync("the failure is told", async () => await LastErrorAsync(api) is not null || program.HasExited);

        var handshake = await HostProgram.RunAsync("openssl", ["s_client", "-connect", tls.ToString(), "-servername", Host]);

        Assert.That(await LastErrorAsync(api), Does.Contain("cannot be reached"));
        // The portable transport has the runtime's TLS, which ends such a handshake without a word.
        Assert.That(handshake.Output, Does.Contain("no peer certificate available"));
        Assert.That(
            handshake.Errors,
            Does.Contain(TestEnvironment.Transport == "sockets" ? "unexpected eof" : "unrecognized name").IgnoreCase,
            handshake.ToString());
        Assert.That(await Client.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/")), Is.EqualTo("from the application"));
        Assert.That(program.Errors, Does.Contain($"no new certificate for {Host} (there is none yet; next try at "));
    }

    private static async Task<string?> LastErrorAsync(IPEndPoint api)
    {
        var status = JsonNode.Parse(await Client.GetStringAsync(new Uri($"http://{api}/status")))!;
        return (string?)status["Acme"]!["Hosts"]![0]!["LastError"];
    }
}
