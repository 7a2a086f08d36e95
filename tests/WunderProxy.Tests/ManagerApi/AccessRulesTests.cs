using System.Net;
using WunderProxy.Configuration;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class AccessRulesTests
{
    private const int Pass = 0;

    // Caller, Host, header fields, and the expected status, for the rules without a configured token.
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
    [TestCase("unix", "anything", "X-Forwarded-For: 192.0.2.1", 403)]
    [TestCase("unix", "anything", "Sec-Fetch-Site: same-origin", 403)]
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
    [TestCase("10.1.2.3:5", "proxy.example", "Via: 1.1 nginx", 403)]
    [TestCase("10.1.2.3:5", "proxy.example", "Sec-Fetch-Site: cross-site", 403)]
    [TestCase("127.0.0.1:5", "127.1", "", 403)]
    [TestCase("127.0.0.1:5", "0x7f000001", "", 403)]
    [TestCase("127.0.0.1:5", "2130706433", "", 403)]
    [TestCase("127.0.0.1:5", "%6cocalhost", "", 403)]
    [TestCase("127.0.0.1:5", "localhost:99999", "", 403)]
    [TestCase("127.0.0.1:5", "[::ffff:127.0.0.1]:80", "", Pass)]
    [TestCase("127.0.0.1:5", "::1", "", 403)]
    [TestCase("10.1.2.3:5", "proxy.example", "Sec-Fetch-Site: none", Pass)]
    [TestCase("11.1.2.3:5", "proxy.example", "", 403)]
    public void Without_a_token(string caller, string host, string header, int status) =>
        Assert.That(Judge(null, caller, host, header), Is.EqualTo(status));

    // The caller's user on this machine; our own is 77 here. Nobody known is nobody trusted.
    [TestCase("unix", "0", Pass)]
    [TestCase("unix", "77", Pass)]
    [TestCase("unix", "65534", 403)]
    [TestCase("unix", "", 403)]
    [TestCase("127.0.0.1:5", "0", Pass)]
    [TestCase("127.0.0.1:5", "77", Pass)]
    [TestCase("127.0.0.1:5", "65534", 403)]
    [TestCase("127.0.0.1:5", "", 403)]
    [TestCase("[::1]:5", "65534", 403)]
    [TestCase("[::1]:5", "77", Pass)]
    [TestCase("[::ffff:127.0.0.1]:5", "1000", 403)]
    [TestCase("127.0.0.1:5", "-1", 403)]
    [TestCase("127.0.0.1:5", "0, 0", 403)]
    [TestCase("192.0.2.1:5", "0", 403)]
    public void Without_a_token_only_root_and_our_own_user(string caller, string user, int status) =>
        Assert.That(Judge(null, caller, "localhost", "", user), Is.EqualTo(status));

    [TestCase("X-Forwarded-For")]
    [TestCase("x-forwarded-for")]
    [TestCase("X_Forwarded_For")]
    [TestCase("X-Forwarded-Proto")]
    [TestCase("X-Forwarded-Host")]
    [TestCase("X-Forwarded-Server")]
    [TestCase("X-Forwarded")]
    [TestCase("X-Forward-For")]
    [TestCase("Forwarded")]
    [TestCase("Forwarded-For")]
    [TestCase("Via")]
    [TestCase("X-Real-IP")]
    [TestCase("X_Real_Ip")]
    [TestCase("Client-IP")]
    [TestCase("True-Client-IP")]
    [TestCase("X-Client-IP")]
    [TestCase("X-Cluster-Client-IP")]
    [TestCase("CF-Connecting-IP")]
    [TestCase("CF-Ray")]
    [TestCase("CDN-Loop")]
    [TestCase("Fastly-Client-IP")]
    [TestCase("Fly-Client-IP")]
    [TestCase("DO-Connecting-IP")]
    [TestCase("X-Original-For")]
    [TestCase("X-Original-URL")]
    [TestCase("X-Envoy-External-Address")]
    [TestCase("X-Amzn-Trace-Id")]
    [TestCase("X-Amz-Cf-Id")]
    [TestCase("X-Azure-ClientIP")]
    [TestCase("X-AppEngine-User-IP")]
    [TestCase("X-ProxyUser-Ip")]
    [TestCase("WL-Proxy-Client-IP")]
    [TestCase("X-Remote-Addr")]
    [TestCase("X-Remote-User")]
    [TestCase("Remote-User")]
    [TestCase("X-Auth-Request-User")]
    [TestCase("Client-Cert")]
    [TestCase("X-Client-Cert")]
    [TestCase("SSL-Client-Verify")]
    [TestCase("X-ARR-ClientCert")]
    [TestCase("X-Nginx-Proxy")]
    [TestCase("X-Via")]
    [TestCase("X-LB-IP")]
    [TestCase("X_Peer_Addr")]
    [TestCase("Early-Data")]
    [TestCase("Proxy-Connection")]
    [TestCase("Tailscale-User-Login")]
    [TestCase("ngrok-skip")]
    public void Evidence_of_a_proxy_is_refused_on_every_way_in_without_a_token(string name)
    {
        foreach (var caller in new[] { "unix", "127.0.0.1:5", "[::1]:5", "10.1.2.3:5" })
        {
            Assert.That(Judge(null, caller, "localhost", name + ": 127.0.0.1"), Is.EqualTo(403), caller);
        }
    }

    [TestCase("User-Agent")]
    [TestCase("X-Request-Id")]
    [TestCase("X-Client-Version")]
    [TestCase("traceparent")]
    [TestCase("Max-Forwards")]
    public void Ordinary_fields_are_no_evidence(string name) =>
        Assert.That(Judge(null, "unix", "localhost", name + ": 1"), Is.EqualTo(Pass));

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
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: https://a.example", Pass)]
    [TestCase("192.0.2.1:5", "a.example:443", "Authorization: Bearer secret|Origin: https://a.example", Pass)]
    [TestCase("192.0.2.1:5", "a.example:80", "Authorization: Bearer secret|Origin: https://a.example", 403)]
    [TestCase("192.0.2.1:5", "a.example:8001", "Authorization: Bearer secret|Origin: https://a.example:8001", Pass)]
    [TestCase("192.0.2.1:5", "[::1]:8001", "Authorization: Bearer secret|Origin: http://[::1]:8001", Pass)]
    [TestCase("192.0.2.1:5", "10.0.0.1:8001", "Authorization: Bearer secret|Origin: https://m.example|Sec-Fetch-Site: same-origin", Pass)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: https://b.example|Sec-Fetch-Site: same-site", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: https://b.example|Sec-Fetch-Site: same-origin,cross-site", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: ftp://a.example", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: http://a.example,http://a.example", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: http://a.example:81", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|Origin: null", 403)]
    [TestCase("192.0.2.1:5", "a.example", "Authorization: Bearer secret|X-Forwarded-For: 1.2.3.4", Pass)]
    public void With_a_token(string caller, string host, string headers, int status) =>
        Assert.That(Judge("secret", caller, host, headers), Is.EqualTo(status));

    [TestCase("192.0.2.1:5", "localhost", "", "192.0.2.1")]
    [TestCase("127.0.0.1:5", "rebound.example", "", "Host")]
    [TestCase("127.0.0.1:5", "localhost", "Origin: http://localhost", "web page")]
    [TestCase("127.0.0.1:5", "localhost", "Sec-Fetch-Site: cross-site", "web page")]
    [TestCase("127.0.0.1:5", "localhost", "Via: 1.1 nginx", "forwarded")]
    public void Refusal_names_the_reason_and_both_ways_out(string caller, string host, string header, string reason)
    {
        var rules = new AccessRules(Token(null), []);

        var refusal = Assert.Throws<ApiException>(() => rules.Demand(Request(caller, host, header)));

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

    private static int Judge(string? token, string caller, string host, string headers, string user = "77")
    {
        try
        {
            var rules = new AccessRules(Token(token), [IPNetwork.Parse("10.0.0.0/8")]) { OwnUser = 77 };
            rules.Demand(Request(caller, host, headers, user));
            return Pass;
        }
        catch (ApiException exception)
        {
            return exception.Status;
        }
    }

    private static ApiToken Token(string? token) => ApiToken.From(new ManagerApiOptions { Token = token });

    private static ApiRequest Request(string caller, string host, string headers, string user = "0")
    {
        var fields = headers
            .Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new ApiRequest
        {
            Method = "POST",
            Path = "/switch",
            Caller = ApiCaller.Parse(caller, user)!.Value,
            Host = host,
            Header = name => fields.GetValueOrDefault(name),
            HeaderNames = fields.Keys,
        };
    }
}
