using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Configuration;
using WunderProxy.Hosting;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>The API on real sockets: front end, stamp, handlers.</summary>
internal sealed class ManagerApiServerTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wunderproxy-api").FullName;
    private ApiFixture _api = null!;
    private ManagerApiServer _server = null!;
    private HttpClient _client = null!;
    private IPEndPoint _address = null!;

    private string SocketPath => Path.Combine(_directory, "api.sock");

    [OneTimeSetUp]
    public void Start()
    {
        _api = new ApiFixture();
        var options = new ManagerApiOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0), new UnixDomainSocketEndPoint(SocketPath)],
        };
        _server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        _address = _server.StartOn(options).OfType<IPEndPoint>().Single();
        _client = new HttpClient { BaseAddress = new Uri($"http://{_address}"), Timeout = TimeSpan.FromSeconds(20) };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Handlers_refuse_who_did_not_come_through_the_front()
    {
        using var response = await _client.GetAsync($"http://127.0.0.1:{_server.HandlerPort}/livez");
        using var forged = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server.HandlerPort}/livez");
        forged.Headers.Add("Wunderproxy-Secret", "guess");
        forged.Headers.Add("Wunderproxy-Caller", "unix");
        using var guessed = await _client.SendAsync(forged);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(guessed.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Stamp_of_a_caller_counts_for_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rollback");
        request.Headers.Host = "rebound.example";
        request.Headers.Add("Wunderproxy-Caller", "unix");
        request.Headers.Add("Wunderproxy-Host", "localhost");
        using var response = await _client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Post_without_a_body_or_its_length_is_answered()
    {
        var answer = await RawAsync("POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Post_with_a_chunked_body_is_answered()
    {
        var answer = await RawAsync(
            "POST /rollback HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\nr41\r\n0\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 "));
        Assert.That(_api.Lifecycle.Calls, Does.Contain("rollback 'r41' by 127.0.0.1"));
    }

    [Test]
    public async Task Head_is_answered_like_get_without_its_body()
    {
        var answer = await RawAsync("HEAD /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 503 "));
        Assert.That(answer, Does.Match("(?i)content-length: [1-9]"));
        Assert.That(answer, Does.EndWith("\r\n\r\n"));
    }

    [TestCase("status.example", 503)]
    [TestCase("[2001:db8::1]:99", 503)]
    [TestCase("bad host", 400)]
    [TestCase("", 400)]
    public async Task Any_host_that_is_one_will_do(string host, int status)
    {
        var line = host.Length == 0 ? "" : $"Host: {host}\r\n";

        var answer = await RawAsync($"GET /status HTTP/1.1\r\n{line}Connection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} "));
    }

    [TestCase("GET /switch", "405", "Allow: POST")]
    [TestCase("DELETE /status", "405", "Allow: GET, HEAD")]
    [TestCase("GET /nothing", "404", "unknown_path")]
    [TestCase("POST /switch?guard=soon", "400", "guard: 'soon'")]
    public async Task Error_reaches_the_caller_with_its_fields(string call, string status, string named)
    {
        var answer = await RawAsync($"{call} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} "));
        Assert.That(answer, Does.Contain(named));
    }

    [Test]
    public async Task Call_that_may_not_is_told_the_reason_and_two_ways_out()
    {
        var answer = await RawAsync(
            "POST /switch HTTP/1.1\r\nHost: localhost\r\nOrigin: http://page.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 403 "));
        Assert.That(answer, Does.Contain("web page").And.Contain("--api-token").And.Contain("--api-open"));
    }

    [Test]
    public async Task Unix_socket_is_for_its_owner_who_may_do_everything()
    {
        var mode = File.GetUnixFileMode(SocketPath);
        var answer = await RawAsync(
            "POST /resume HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n", new UnixDomainSocketEndPoint(SocketPath));

        Assert.That(mode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(answer, Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Large_body_is_refused()
    {
        using var content = new ByteArrayContent(new byte[ApiRequest.MaxBodyBytes + 1]);
        using var response = await _client.PostAsync("/deploy", content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task Body_at_the_limit_is_taken()
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("{" + new string(' ', ApiRequest.MaxBodyBytes - 1)));
        using var response = await _client.PostAsync("/deploy", content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Progress_arrives_as_lines()
    {
        _api.Lifecycle.Steps = [new("checking", "waiting until healthy")];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/deploy") { Content = new StringContent("00ff") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var response = await _client.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/x-ndjson"));
        Assert.That(lines, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Status_is_answered_while_every_handler_blocks_its_thread()
    {
        PoolThreads.Start();
        using var blocked = new CountdownEvent(HandlerGate.MaxRunning);
        using var isOver = new ManualResetEventSlim();
        _api.Lifecycle.Work = () =>
        {
            blocked.Signal();
            isOver.Wait();
        };
        const string Launch = "POST /launch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        const string ByStranger = "GET /history HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 x\r\nConnection: close\r\n\r\n";

        Task<string>[] calls;
        string[] answers;
        try
        {
            calls =
            [
                .. Enumerable.Repeat(Launch, HandlerGate.MaxPrivileged).Select(RawAsync),
                .. Enumerable.Repeat(ByStranger, HandlerGate.MaxReaders).Select(RawAsync),
            ];
            Assert.That(await Task.Run(() => blocked.Wait(TimeSpan.FromSeconds(20))), Is.True, "every handler blocks");
            answers = await Task.WhenAll(Enumerable.Repeat("GET /livez HTTP/1.0\r\n\r\n", 8).Select(RawAsync));
        }
        finally
        {
            isOver.Set();
            _api.Lifecycle.Work = null;
        }

        Assert.That(answers, Has.All.StartsWith("HTTP/1.1 200 "));
        Assert.That(await Task.WhenAll(calls), Has.All.StartsWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Query_is_decoded()
    {
        using var content = new StringContent("00ff");
        using var response = await _client.PostAsync("/launch?by=Ada%20L%2E&x", content);

        Assert.That(_api.Lifecycle.Calls, Does.Contain("launch 00ff by Ada L."));
    }

    private Task<string> RawAsync(string request) => RawAsync(request, _address);

    private static async Task<string> RawAsync(string request, EndPoint endPoint)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint, deadline.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(deadline.Token);
    }
}
