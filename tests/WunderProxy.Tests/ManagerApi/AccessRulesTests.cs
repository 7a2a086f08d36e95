using System.Net;
using WunderProxy.Configuration;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class AccessRulesTests
{
    private const int Pass = 0;

    // Peer, Host, header fields, and the status: SPEC section 4, rules without a configured token.
    [TestCase("unix", "anything", "", Pass)]
    [TestCase("unix", "anything", "Origin: http://anything", 403)]
    [TestCase("127.0.0.1:5", "localhost:8001", "", Pass)]
    [TestCase("127.0.0.1:5", "LOCALHOST", "", Pass)]
    [TestCase("127.0.0.1:5", "127.0.0.1:8001", "", Pass)]
    [TestCase("127.9.9.9:5", "127.3.2.1", "", Pass)]
    [TestCase("[::1]:5", "[::1]:8001", "", Pass)]
    [TestCase("[::ffff:127.0.0.1]:5", "localhost", "", Pass)]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: none", Pass)]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: same-origin", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: cross-site", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: same-site", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Origin: http://localhost", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Origin: http://rebound.example", 403)]
    [TestCase("127.0.0.1:5", "rebound.example:8001", "Origin: http://rebound.example:8001", 403)]
    [TestCase("127.0.0.1:5", "[::1]", "", Pass)]
    [TestCase("[::1]:5", "rebound.example", "", 403)]
    [TestCase("[::1]:5", "localhost", "X-Forwarded-For: 192.0.2.1", 403)]
    [TestCase("unix", "anything", "X-Forwarded-For: 192.0.2.1", Pass)]
    [TestCase("127.0.0.1:5", "localhost", "Origin: null", 403)]
    [TestCase("127.0.0.1:5", "localhost", "X-Forwarded-For: 127.0.0.1", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Forwarded: for=127.0.0.1", 403)]
    [TestCase("127.0.0.1:5", "localhost", "Via: 1.1 nginx", 403)]
    [TestCase("127.0.0.1:5", "rebound.example", "", 403)]
    [TestCase("127.0.0.1:5", "localhost.example", "", 403)]
    [TestCase("127.0.0.1:5", "127.0.0.1.example", "", 403)]
    [TestCase("127.0.0.1:5", "evil@localhost", "", 403)]
    [TestCase("127.0.0.1:5", "192.0.2.1", "", 403)]
    [TestCase("127.0.0.1:5", "", "", 403)]
    [TestCase("192.0.2.1:5", "localhost", "", 403)]
    [TestCase("192.0.2.1:5", "localhost", "Authorization: Bearer secret", 403)]
    [TestCase("10.1.2.3:5", "proxy.example", "", Pass)]
    [TestCase("[::ffff:10.1.2.3]:5", "proxy.example", "", Pass)]
    [TestCase("10.1.2.3:5", "proxy.example", "Origin: http://proxy.example", 403)]
    [TestCase("10.1.2.3:5", "proxy.example", "Via: 1.1 nginx", Pass)]
    [TestCase("10.1.2.3:5", "proxy.example", "Sec-Fetch-Site: none", Pass)]
    [TestCase("11.1.2.3:5", "proxy.example", "", 403)]
    public void Without_a_token(string peer, string host, string header, int status) =>
        Assert.That(Judge(null, peer, host, header), Is.EqualTo(status));

    // With a configured token it is needed from everyone.
    [TestCase("127.0.0.1:5", "localhost", "Authorization: Bearer secret", Pass)]
    [TestCase("192.0.2.1:5", "proxy.example", "Authorization: Bearer secret", Pass)]
    [TestCase("192.0.2.1:5", "proxy.example", "Authorization: bearer secret", Pass)]
    [TestCase("unix", "x", "Authorization: Bearer secret", Pass)]
    [TestCase("unix", "x", "", 401)]
    [TestCase("127.0.0.1:5", "localhost", "", 401)]
    [TestCase("10.1.2.3:5", "proxy.example", "", 401)]
    [TestCase("127.0.0.1:5", "localhost", "Authorization: Bearer secre", 401)]
    [TestCase("127.0.0.1:5", "localhost", "Authorization: Bearer secret2", 401)]
    [TestCase("127.0.0.1:5", "localhost", "Authorization: Bearer", 401)]
    [TestCase("127.0.0.1:5", "localhost", "Authorization: Basic c2VjcmV0", 401)]
    [TestCase("192.0.2.1:5", "a.example:8001", "Authorization: Bearer secret|Origin: http://a.example:8001", Pass)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: http://a.example:80", Pass)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: http://b.example", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: https://a.example", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: http://a.example:81", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: null", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|X-Forwarded-For: 1.2.3.4", Pass)]
    public void With_a_token(string peer, string host, string headers, int status) =>
        Assert.That(Judge("secret", peer, host, headers), Is.EqualTo(status));

    [TestCase("192.0.2.1:5", "localhost", "", "192.0.2.1")]
    [TestCase("127.0.0.1:5", "rebound.example", "", "Host")]
    [TestCase("127.0.0.1:5", "localhost", "Origin: http://localhost", "web page")]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: cross-site", "web page")]
    [TestCase("127.0.0.1:5", "localhost", "Via: 1.1 nginx", "forwarded")]
    public void Refusal_names_the_reason_and_both_ways_out(string peer, string host, string header, string reason)
    {
        var rules = new AccessRules(Token(null), []);

        var refusal = Assert.Throws<ApiException>(() => rules.Demand(Request(peer, host, header)));

        Assert.That(refusal!.Status, Is.EqualTo(403));
        Assert.That(refusal.Message, Does.Contain(reason).And.Contain("--api-token").And.Contain("--api-open"));
    }

    [Test]
    public void Missing_token_is_told_with_a_challenge()
    {
        var rules = new AccessRules(Token("secret"), []);

        var refusal = Assert.Throws<ApiException>(() => rules.Demand(Request("unix", "x", "")));

        Assert.That(refusal!.Headers.Single().Key, Is.EqualTo("WWW-Authenticate"));
        Assert.That(refusal.Headers.Single().Value, Does.StartWith("Bearer"));
    }

    private static int Judge(string? token, string peer, string host, string headers)
    {
        try
        {
            new AccessRules(Token(token), [IPNetwork.Parse("10.0.0.0/8")]).Demand(Request(peer, host, headers));
            return Pass;
        }
        catch (ApiException exception)
        {
            return exception.Status;
        }
    }

    private static ApiToken Token(string? token) => ApiToken.From(new ManagerApiOptions { Token = token });

    private static ApiRequest Request(string peer, string host, string headers)
    {
        var fields = headers
            .Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new ApiRequest
        {
            Method = "POST",
            Path = "/switch",
            Peer = ApiPeer.Parse(peer)!.Value,
            Host = host,
            Header = name => fields.GetValueOrDefault(name),
        };
    }
}
