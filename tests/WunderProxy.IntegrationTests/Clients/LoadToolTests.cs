using System.Globalization;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>wrk through the proxy, many connections that are kept.</summary>
[TestFixture("epoll")]
[TestFixture("sockets")]
internal sealed partial class LoadToolTests(string transport) : ClientFixture(transport)
{
    [Test]
    public async Task No_request_of_many_connections_fails()
    {
        var result = await HostProgram.SucceedAsync(
            "wrk", ["-t", "1", "-c", "40", "-d", "1s", "--timeout", "20s", Url("/text")]);

        // wrk names socket errors and other statuses than 2xx only when there are some.
        Assert.That(result.Output, Does.Not.Contain("Socket errors").And.Not.Contain("Non-2xx"));
        var requests = int.Parse(Requests().Match(result.Output).Groups["count"].Value, CultureInfo.InvariantCulture);
        Assert.That(requests, Is.GreaterThan(40), result.Output);
    }

    [GeneratedRegex(@"(?<count>\d+) requests in", RegexOptions.None, 1000)]
    private static partial Regex Requests();
}
