using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>Requests that HttpListener would answer with a page of its own: every answer is ours, in our shape.</summary>
internal sealed class OddRequestTests
{
    private const string Close = "Host: localhost\r\nConnection: close\r\n";

    private ApiFixture _api = null!;
    private ManagerApiServer _server = null!;
    private EndPoint _address = null!;

    private static TestCaseData[] Requests()
    {
        TestCaseData[] rows =
        [
            Row("PUT without a length", $"PUT /status HTTP/1.1\r\n{Close}\r\n", 405, "wrong_method"),
            Row("put in lower case", $"put /status HTTP/1.1\r\n{Close}\r\n", 405, "wrong_method"),
            Row("PATCH", $"PATCH /status HTTP/1.1\r\n{Close}\r\n", 405, "wrong_method"),
            Row("an odd method", $"M-SEARCH /status HTTP/1.1\r\n{Close}\r\n", 405, "wrong_method"),
            Row("the oddest method", $"!#$%&'*+-.^_`|~ /nothing HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("TRACE", $"TRACE /status HTTP/1.1\r\n{Close}Max-Forwards: 0\r\n\r\n", 405, "wrong_method"),
            Row("CONNECT", $"CONNECT a:1 HTTP/1.1\r\n{Close}\r\n", 501, "connect_refused"),
            Row("bad percent-encoding", $"GET /%zz%f HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("percent-encoding that is no UTF-8", $"GET /%ff%c0%80 HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("an encoded NUL", $"GET /%00 HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("a bad query", $"GET /nothing?%zz=%&&=&a=%00 HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("two slashes", $"GET //status HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("a backslash and braces", "GET /\\{|}^`<>\" HTTP/1.1\r\n" + Close + "\r\n", 404, "unknown_path"),
            Row("a host as the path", $"GET //evil:99999999/a HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("a scheme as the path", $"GET /http://[::bad/ HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("an absolute target", $"GET http://other:81/nothing HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("an absolute target with a bad host", $"GET http://a@b/ HTTP/1.1\r\n{Close}\r\n", 400, "bad_host"),
            Row("a foreign scheme", $"GET ftp://a/ HTTP/1.1\r\n{Close}\r\n", 400, "bad_target"),
            Row("NUL in the target", $"GET /\0 HTTP/1.1\r\n{Close}\r\n", 400, "bad_target"),
            Row("NUL in a header", $"GET / HTTP/1.1\r\n{Close}A: \0\r\n\r\n", 400, "bad_field_value"),
            Row("the longest target", $"GET /{new string('a', 8 * 1024 - 15)} HTTP/1.1\r\n{Close}\r\n", 404, "unknown_path"),
            Row("a longer target", $"GET /{new string('a', 8 * 1024)} HTTP/1.1\r\n{Close}\r\n", 414, "request_line_too_long"),
            Row("the largest head", $"GET /{new string('a', 8 * 1024 - 15)} HTTP/1.1\r\n{Close}A: {new string('a', 14 * 1024 - 50)}\r\n\r\n", 404, "unknown_path"),
            Row("a larger head", $"GET / HTTP/1.1\r\n{Close}A: {new string('a', 14 * 1024)}\r\n\r\n", 431, "headers_too_large"),
            Row("too many headers", $"GET / HTTP/1.1\r\n{Close}{string.Concat(Enumerable.Repeat("A: 1\r\n", 127))}\r\n", 431, "too_many_headers"),
            Row("bytes that are no ASCII", $"GET /nothing HTTP/1.1\r\n{Close}A: \u00e9\u00ff\r\nCookie: \u00e9=;;,\"\r\n\r\n", 404, "unknown_path"),
            Row("an odd cookie", $"GET /nothing HTTP/1.1\r\n{Close}Cookie: $Version=x; $a; =b; ,;\r\nReferer: :\r\nAccept-Language: ;;\r\n\r\n", 404, "unknown_path"),
            Row("every header name that is a token", $"GET /nothing HTTP/1.1\r\n{Close}!#$%&'*+-.^_`|~: 1\r\n\r\n", 404, "unknown_path"),
            Row("Expect without a body", $"GET /nothing HTTP/1.1\r\n{Close}Expect: 100-continue\r\n\r\n", 404, "unknown_path"),
            Row("an unknown Expect", $"POST /nothing HTTP/1.1\r\n{Close}Expect: more\r\nContent-Length: 2\r\n\r\nok", 404, "unknown_path"),
            Row("an upgrade", $"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n", 404, "unknown_path"),
            Row("an upgrade to h2c", $"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close, upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n", 404, "unknown_path"),
            Row("two lengths", $"PUT / HTTP/1.1\r\n{Close}Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400, "several_content_lengths"),
            Row("a negative length", $"PUT / HTTP/1.1\r\n{Close}Content-Length: -1\r\n\r\n", 400, "bad_content_length"),
            Row("the largest length", $"POST /deploy HTTP/1.1\r\n{Close}Content-Length: 9223372036854775807\r\n\r\n", 413, "body_too_large"),
            Row("a larger length", $"POST /deploy HTTP/1.1\r\n{Close}Content-Length: 9223372036854775808\r\n\r\n", 400, "bad_content_length"),
            Row("a length beside chunks", $"PUT / HTTP/1.1\r\n{Close}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "length_and_transfer_encoding"),
            Row("an unknown coding", $"PUT / HTTP/1.1\r\n{Close}Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "unknown_transfer_coding"),
            Row("identity", $"PUT / HTTP/1.1\r\n{Close}Transfer-Encoding: identity\r\n\r\n", 400, "bad_transfer_encoding"),
            Row("chunks in HTTP/1.0", $"PUT / HTTP/1.0\r\n{Close}Transfer-Encoding: chunked\r\n\r\n", 400, "transfer_encoding_in_http10"),
            Row("chunks", $"PUT /nothing HTTP/1.1\r\n{Close}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nContent-Length: 1\r\nHost: a\r\n\r\n", 404, "unknown_path"),
            Row("bad chunks", $"POST /deploy HTTP/1.1\r\n{Close}Transfer-Encoding: chunked\r\n\r\nx\r\n", 400, "bad_request_body"),
            Row("a bad chunk after a good one", $"POST /deploy HTTP/1.1\r\n{Close}Transfer-Encoding: chunked\r\n\r\n2\r\nokok\r\n", 400, "bad_request_body"),
            Row("HTTP/0.9", "GET /status\r\n", 400, "bad_request_line"),
            Row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad_target"),
            Row("another major version", $"GET / HTTP/3.0\r\n{Close}\r\n", 505, "unsupported_version"),
            Row("a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad_method"),
            Row("a PROXY greeting", $"PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\nGET / HTTP/1.1\r\n{Close}\r\n", 400, "bad_target"),
            Row("no Host and a changing call", "POST /rollback HTTP/1.0\r\n\r\n", 403, "forbidden"),
            Row("an empty Host and a changing call", "POST /rollback HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 403, "forbidden"),
            Row("evidence that Connection names", $"POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Forwarded-For\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n", 403, "forbidden"),
            Row("Via that Connection names", $"POST /rollback HTTP/1.0\r\nHost: localhost\r\nVia: 1.1 a\r\nconnection: VIA\r\n\r\n", 403, "forbidden"),
            Row("Forwarded that Connection names", $"POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nForwarded: for=a\r\nConnection: ,Forwarded ,\r\n\r\n", 403, "forbidden"),
            Row("an Origin that Connection names", $"POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close, origin\r\nOrigin: http://a\r\n\r\n", 403, "forbidden"),
            Row("a Sec-Fetch-Site that Connection names", $"POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close, Sec-Fetch-Site\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403, "forbidden"),
            Row("a Host that Connection names", $"POST /rollback HTTP/1.1\r\nHost: evil.example\r\nConnection: close, Host\r\n\r\n", 403, "forbidden"),
            Row("a forged stamp", $"POST /rollback HTTP/1.1\r\nHost: evil.example\r\nConnection: close, Wunderproxy-Caller\r\nWunderproxy-Caller: unix\r\nWunderproxy-Caller: unix\r\nWunderproxy-Host: localhost\r\nWunderproxy-Target: /livez\r\n\r\n", 403, "forbidden"),
        ];
        return rows;

        static TestCaseData Row(string name, string request, int status, string code) =>
            new TestCaseData(request, status, code).SetArgDisplayNames(name);
    }

    [OneTimeSetUp]
    public void Start()
    {
        _api = new ApiFixture();
        var options = new ManagerApiOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)] };
        _server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        _address = _server.StartOn(options)[0];
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _api.DisposeAsync();
    }

    [TestCaseSource(nameof(Requests))]
    public async Task Answer_is_ours(string request, int status, string code)
    {
        // A caller that ends its side within its body has left; behind the request it waits for the answer.
        var answer = await RawCaller.AskAsync(_address, request, endsItsSide: status != 413);

        var (head, body) = (answer.Split("\r\n\r\n")[0], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.That(head, Does.StartWith($"HTTP/1.1 {status} ").And.Contain("Content-Type: application/json"));
        Assert.That(head, Does.Not.Contain("Microsoft").And.Not.Contain("Mono").IgnoreCase);
        Assert.That(JsonNode.Parse(body)!["error"]!.GetValue<string>(), Is.EqualTo(code));
        Assert.That(JsonNode.Parse(body)!["message"]!.GetValue<string>(), Is.Not.Empty);
        Assert.That(_api.Lifecycle.Calls, Is.Empty);
    }

    [Test]
    public async Task Body_that_waits_for_100_is_asked_for()
    {
        var answer = await RawCaller.AskAsync(
            _address, $"POST /nothing HTTP/1.1\r\n{Close}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok");

        Assert.That(answer, Does.StartWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 ").And.Contain("unknown_path"));
    }

    [TestCase("GET /status HT", "408", "header_timeout")]
    [TestCase("POST /deploy HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab", "408", "request_body_timeout")]
    public async Task Time_limits_of_the_proxy_hold(string request, string status, string code)
    {
        var options = new ManagerApiOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            Limits = new ForwarderLimits
            {
                HeaderTimeout = TimeSpan.FromMilliseconds(50),
                BodyTimeout = TimeSpan.FromMilliseconds(50),
            },
        };
        await using var server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);

        var answer = await RawCaller.AskAsync(server.StartOn(options)[0], request);

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} ").And.Contain($"{{\"error\":\"{code}\""));
    }

    [Test]
    public async Task Idle_time_of_the_proxy_holds()
    {
        var options = new ManagerApiOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            Limits = new ForwarderLimits { IdleTimeout = TimeSpan.FromMilliseconds(50) },
        };
        await using var server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);

        var answer = await RawCaller.AskAsync(server.StartOn(options)[0], "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 ").And.EndWith("ok\n"));
    }
}
