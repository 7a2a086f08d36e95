using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Certificates that live for seconds are renewed under load. <c>eng/acme.sh</c> makes the load longer.</summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class CertificateRenewalTests : OrderFixture
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_ACME") == "full";

    // Half of the life passes before a renewal.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(IsFull ? 60 : 12);
    private static readonly int Renewals = IsFull ? 20 : 2;

    [Test]
    public async Task Renewals_under_load_lose_nothing()
    {
        await using var pebble = await PebbleServer.StartAsync(Port, life: Life);
        await using var application = new TestHttpServer(_ => Task.FromResult("<html></html>\n"), host: "*");
        var tls = WunderProxyProcess.FreeEndPoint();
        using var program = WunderProxyProcess.Start(
        [
            "forward", "--upstream", application.EndPoint.ToString(), "--proxy", $"127.0.0.1:{Port}", "--tls", tls.ToString(),
            "--state-dir", Folder.FullName, .. AcmeOptions(pebble),
        ]);
        await CertificateAsync(program, Folder.FullName);

        // On a busy machine an order may take longer than the rest of so short a life.
        var client = new AuthorityClient(await pebble.GetRootAsync(), Host, ignoresTime: !IsFull);
        await using var run = LoadRun.Start(new LoadOptions
        {
            EndPoint = tls,
            Host = Host,
            Tls = client.Describe(),
            PagesOnly = true,
            Connections = 8,
            RequestsPerSecond = 100,
            OneShotPercent = 30,
        });
        await Eventually.TrueAsync(
            $"{Renewals} renewals are seen",
            () => client.Serials.Count > Renewals || program.HasExited,
            seconds: 60 + (int)(Life.TotalSeconds * Renewals));
        var report = await run.StopAsync();

        TestContext.Out.WriteLine($"{client.Serials.Count} certificates: {report}");
        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Descriptions));
        Assert.That(client.Serials, Has.Count.GreaterThan(Renewals), program.Errors);
        Assert.That(Regex.Count(program.Errors, " no new certificate for ", RegexOptions.None, TimeSpan.FromSeconds(5)), Is.Zero, program.Errors);
        program.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await program.WaitForExitAsync(), Is.Zero, program.Errors);
    }
}
