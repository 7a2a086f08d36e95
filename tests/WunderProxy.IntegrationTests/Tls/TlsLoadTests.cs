using System.Net.Security;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;
using WunderProxy.Tests.Certificates;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary>Switches and exchanges of certificates under TLS load, with handshakes that hang in them, lose nothing.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.SecureByOpenSsl))]
[NonParallelizable]
internal sealed class TlsLoadTests(string wiring)
{
    private const int Hanging = 20;

    private static readonly int Switches = TlsRounds.Of(check: 20, full: 200);
    private static readonly int Exchanges = TlsRounds.Of(check: 10, full: 100);

    private static readonly SslClientAuthenticationOptions AnyCertificate = new()
    {
        TargetHost = "first.test",
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
    };

    [Test]
    public async Task Switches_and_exchanges_of_certificates_lose_nothing()
    {
        var (transport, engine) = ProxyWiring.Parse(wiring);
        using var certificates = new CertificateFolder();
        certificates.Write("a", ["first.test"]).Dispose();
        await using var service = await TestService.CreateAsync(StoreKind.Folder, "r1", "r2");
        var listener = WunderProxyProcess.FreeEndPoint();
        await service.StartAsync(
            "--transport", transport, "--tls", $"{listener}", "--tls-engine", engine!, "--tls-directory", certificates.Path);
        string[] hashes =
        [
            await service.StoreConfigAsync(LaunchConfigText.Of("r1")), await service.StoreConfigAsync(LaunchConfigText.Of("r2")),
        ];
        await service.LaunchAndSwitchAsync(hashes[0]);
        using var firstStream = await service.OpenProxiedAsync("/events");
        await service.LaunchAndSwitchAsync(hashes[1]);
        using var secondStream = await service.OpenProxiedAsync("/events");
        using var hanging = new HangingHandshakes(listener);

        await using var run = LoadRun.Start(service.Load with { EndPoint = listener, Tls = AnyCertificate, OneShotPercent = 50, RequestsPerSecond = 300 });
        for (var i = 0; i < Switches; i++)
        {
            hanging.Renew(Hanging);
            run.Timeline.Switching($"r{i % 2 + 1}");
            var answer = await service.PostAsync("/switch", hashes[i % 2]);
            Assert.That(answer.Status, Is.EqualTo(200), $"switch {i}: {answer}");
            run.Timeline.Switched();
            await run.WaitForMoreAsync(10, CancellationToken.None);
            if (i * Exchanges / Switches < (i + 1) * Exchanges / Switches)
            {
                await ExchangeAsync(service.Process!, certificates, i);
                await run.WaitForMoreAsync(10, CancellationToken.None);
            }
        }

        var report = await run.StopAsync();

        TestContext.Out.WriteLine($"{Switches} switches, {Exchanges} exchanges, {hanging.Finished} hung and finished: {report}");
        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
        Assert.That(report.Revisions.Keys, Is.EquivalentTo(new[] { "r1", "r2" }));
        Assert.That(hanging.Failures, Is.Empty);
    }

    private static async Task ExchangeAsync(WunderProxyProcess process, CertificateFolder certificates, int number)
    {
        const string Done = "certificates read again";
        var before = process.Errors.Split(Done).Length;
        certificates.Write("a", [$"next{number}.test"]).Dispose();
        process.Signal(WunderProxyProcess.SigHup);
        await Eventually.TrueAsync("the certificates are read again", () => process.Errors.Split(Done).Length > before);
    }
}
