using WunderProxy.Cli.Watch;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Traffic;
using WunderProxy.Tests.ManagerApi;

namespace WunderProxy.Tests.Cli.Watch;

[Parallelizable]
internal sealed class ApplicationPageTests
{
    [Test]
    public async Task Page_tells_state_rates_and_revisions()
    {
        await using var api = new ApiFixture();
        var status = api.Status.Read().ToDocument() with { Warnings = ["clock is\u001b[31m off"] };
        var point = new TrafficPoint(DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(60))
        {
            Totals = new TrafficTotals { Requests = 1200, Status5xx = 6, GatewayErrors = 3 },
        };
        var window = WindowView.Of([point]);
        var windows = new WindowsView(window, window, window, window);
        var application = status.Applications[0] with
        {
            Status = "serving",
            Windows = windows,
            Seconds = new SecondsView([0, 1, 2], [0, 0, 1], [0, 0.001, 0.002], [0, 0.1, 1.5], [0, 1, 4]),
            Revisions =
            [
                new RevisionView(new string('a', 64), "r42", "current", 4, windows),
                new RevisionView(new string('b', 64), "r41", "draining", 2, windows),
            ],
        };

        var page = ApplicationPage.Of("web1:8001", status, application);

        var text = string.Join('\n', page.Lines.Select(line => line.ToText(120)));
        Assert.Multiple(() =>
        {
            Assert.That(page.Title, Is.EqualTo("shop at web1:8001"));
            Assert.That(text, Does.Match(@"state +serving\n"));
            Assert.That(text, Does.Match(@"requests +▄█  20\.0/s\n"));
            Assert.That(text, Does.Match(@"errors +█  0\.5 %\n"));
            Assert.That(text, Does.Match(@"in flight +▂█  4\n"));
            Assert.That(text, Does.Match(@"1 min +1,200 +20\.0/s +0\.5 % +0\.0 ms +0\.0 ms +3 +0\n"));
            Assert.That(text, Does.Match(@"draining .*  r41 \(b+\), 2 in flight"));
            Assert.That(text, Does.Match(@"warning +clock is\\u001b\[31m off$"));
        });
    }

    [Test]
    public async Task Longest_revision_pushes_nothing_off_the_screen()
    {
        await using var api = new ApiFixture();
        var status = api.Status.Read().ToDocument();
        var revision = "_" + new string('-', 100) + new string('.', 27);
        var application = status.Applications[0] with
        {
            Upstream = new UpstreamView("172.18.0.4:9292", "", new string('a', 64), revision, DateTimeOffset.UnixEpoch, "healthy"),
            Draining = [new DrainView(new string('b', 64), revision, "", 2, DateTimeOffset.UnixEpoch) { SecondsLeft = 7 }],
        };

        var lines = ApplicationPage.Of("web1:8001", status, application).Lines.Select(line => line.ToText(120)).ToList();

        Assert.That(lines, Has.All.Length.LessThanOrEqualTo(120));
        Assert.That(lines, Has.Some.Match(@"upstream +_-+…\.+ \(a+\) at 172\.18\.0\.4:9292, since"));
        Assert.That(lines, Has.Some.EndWith("2 in flight, 7 s left"));
    }
}
