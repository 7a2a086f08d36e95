using System.Globalization;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>wrk through the proxy, many connections that are kept.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
internal sealed partial class LoadToolTests(string wiring) : ClientFixture(wiring)
{
    private const int Connections = 40;
    private const int LongestRounds = 60;

    [Test]
    public async Task No_request_of_many_connections_fails()
    {
        // A busy machine may need more than one round until every connection has been used again and again.
        var requests = 0;
        for (var round = 0; round < LongestRounds && requests < Connections * 25; round++)
        {
            requests += await RunAsync();
        }

        Assert.That(requests, Is.GreaterThanOrEqualTo(Connections * 25));
    }

    /// <summary>Runs wrk for a second; returns how many requests were answered.</summary>
    private async Task<int> RunAsync()
    {
        string[] options = ["-t", "1", "-c", $"{Connections}", "-d", "1s", "--timeout", "60s"];
        var result = await HostProgram.SucceedAsync("wrk", [.. options, Url("/text")]);

        // wrk names socket errors and other statuses than 2xx only when there are some.
        Assert.That(result.Output, Does.Not.Contain("Socket errors").And.Not.Contain("Non-2xx"));
        return int.Parse(Requests().Match(result.Output).Groups["count"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<count>\d+) requests in", RegexOptions.None, 1000)]
    private static partial Regex Requests();
}
