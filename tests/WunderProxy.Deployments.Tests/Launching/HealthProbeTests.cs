using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Launching;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Launching;

/// <summary>What a probe asks, and what it makes of each answer.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class HealthProbeTests
{
    [TestCase("200 OK", "ok")]
    [TestCase("204 No Content", "ok")]
    [TestCase("299 Odd", "ok")]
    [TestCase("301 Moved", "status_301")]
    [TestCase("404 Not Found", "status_404")]
    [TestCase("503 Service Unavailable", "status_503")]
    public async Task Status_decides(string status, string reason) =>
        Assert.That(await AskAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n"), Is.EqualTo(reason));

    [Test]
    public async Task Redirect_tells_where_it_leads()
    {
        using var application = ScriptedUpstream.Start();
        using var probe = new HealthProbe(TimeSpan.FromSeconds(20), "0", TimeProvider.System);
        _ = application.AnswerAllAsync(_ => "HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: https://shop.example/up\r\n\r\n");

        var result = await probe.ProbeAsync(application.EndPoint, "/", null, CancellationToken.None);

        Assert.That(result.ToView().Location, Is.EqualTo("https://shop.example/up"));
    }

    [Test]
    public async Task Answer_that_is_no_http_is_a_bad_response() =>
        Assert.That(await AskAsync("SSH-2.0-OpenSSH_9.2\r\n\r\n"), Is.EqualTo(LaunchFailure.BadResponse));

    [Test]
    public async Task Connection_that_is_closed_unanswered_is_told()
    {
        using var application = ScriptedUpstream.Start();
        using var probe = new HealthProbe(TimeSpan.FromSeconds(20), "0", TimeProvider.System);

        var asking = probe.ProbeAsync(application.EndPoint, "/", null, CancellationToken.None);
        var accepting = application.AcceptAsync();
        while (await Task.WhenAny(asking, accepting) == accepting)
        {
            // The HTTP client tries again by itself a few times.
            using (var connection = await accepting)
            {
                await connection.ReadHeadAsync();
            }

            accepting = application.AcceptAsync();
        }

        Assert.That((await asking).Reason.Code, Is.EqualTo(LaunchFailure.Closed));
    }

    [Test]
    public async Task Port_where_nothing_listens_is_refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var probe = new HealthProbe(TimeSpan.FromSeconds(20), "0", TimeProvider.System);

        var result = await probe.ProbeAsync(socket.LocalEndPoint!, "/", null, CancellationToken.None);

        Assert.That(result.Reason.Code, Is.EqualTo(LaunchFailure.Refused));
    }

    [Test]
    public async Task Silence_is_a_timeout()
    {
        var clock = new ManualTimeProvider();
        using var application = ScriptedUpstream.Start();
        using var probe = new HealthProbe(TimeSpan.FromSeconds(5), "0", clock);

        var asking = probe.ProbeAsync(application.EndPoint, "/", null, CancellationToken.None);
        using var connection = await application.AcceptAsync();
        await connection.ReadHeadAsync();
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That((await asking).Reason.Code, Is.EqualTo(LaunchFailure.Timeout));
    }

    [Test]
    public async Task Request_says_who_asks_and_reads_as_if_behind_tls()
    {
        using var application = ScriptedUpstream.Start();
        using var probe = new HealthProbe(TimeSpan.FromSeconds(20), "1.2.3", TimeProvider.System);

        var asking = probe.ProbeAsync(application.EndPoint, "/up%2Fdown", null, CancellationToken.None);
        using var connection = await application.AcceptAsync();
        var head = await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await asking;

        Assert.That(head, Does.StartWith("GET /up%2Fdown HTTP/1.1\r\n"));
        Assert.That(head, Does.Contain($"Host: localhost:{((IPEndPoint)application.EndPoint).Port}\r\n"));
        Assert.That(head, Does.Contain("X-Forwarded-Proto: https\r\n"));
        Assert.That(head, Does.Contain("User-Agent: wunderproxy-health/1.2.3\r\n"));
        Assert.That(head, Does.Contain("Connection: close\r\n"));
    }

    private static async Task<string> AskAsync(string answer)
    {
        using var application = ScriptedUpstream.Start();
        using var probe = new HealthProbe(TimeSpan.FromSeconds(20), "0", TimeProvider.System);

        var asking = probe.ProbeAsync(application.EndPoint, "/", null, CancellationToken.None);
        using (var connection = await application.AcceptAsync())
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
        }

        return (await asking).Reason.Code;
    }
}
