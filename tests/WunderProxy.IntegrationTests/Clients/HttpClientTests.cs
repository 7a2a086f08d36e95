using System.Net;
using System.Security.Cryptography;
using WunderProxy.ClientApplication;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>.NET's own client through the proxy.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithEachEngine))]
[Parallelizable]
internal sealed class HttpClientTests(string wiring) : ClientFixture(wiring)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        Expect100ContinueTimeout = TimeSpan.FromMinutes(10),
        SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
    })
    {
        Timeout = Patience,
    };

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task Parallel_posts_get_their_own_answers()
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 32 };
        await Parallel.ForAsync(0, 400, options, async (number, cancellationToken) =>
        {
            var body = RandomNumberGenerator.GetBytes(1 + number * 97);
            var framing = number % 2 == 0 ? "length" : "chunked";
            using HttpContent content = framing == "length"
                ? new ByteArrayContent(body)
                : new StreamContent(new ReadOnce(body));
            using var answer = await _client.PostAsync(Url("/upload"), content, cancellationToken);
            var receipt = await answer.Content.ReadAsStringAsync(cancellationToken);
            Assert.That(receipt, Is.EqualTo($"{TestBody.ReceiptFor(body)} {framing}\n"));
        });
    }

    [Test]
    public async Task Lines_of_a_body_arrive_one_by_one_while_it_is_sent()
    {
        using var content = new LineContent();
        var sending = _client.PostAsync(Url("/lines"), content);
        for (var i = 1; i <= 20; i++)
        {
            await content.WriteLineAsync($"line {i}");
            Assert.That(await _client.GetStringAsync(Url("/line")), Is.EqualTo($"line {i}"));
        }

        content.Finish();
        using var answer = await sending;
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.StartWith("LINE 1\n").And.EndWith("LINE 20\n"));
    }

    [Test]
    public async Task First_line_arrives_while_the_second_is_held()
    {
        using var answer = await _client.GetAsync(Url("/held"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Is.EqualTo("first"));
        using var released = await _client.PostAsync(Url("/release"), content: null);
        Assert.That(await reader.ReadToEndAsync().WaitAsync(Patience), Is.EqualTo("second\n"));
    }

    [Test]
    public async Task Trailers_of_the_response_arrive()
    {
        using var upstream = ScriptedUpstream.Start();
        _ = upstream.AnswerAllAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\nX-Sum: 43\r\n\r\n");
        using var proxy = await ForwardProcess.StartAsync(upstream.EndPoint, Wiring);

        using var answer = await _client.GetAsync(proxy.Address);

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("hello"));
        Assert.That(answer.TrailingHeaders.GetValues("X-Sum"), Is.EqualTo(new[] { "42", "43" }));
    }

    [Test]
    public async Task Refusal_before_100_continue_keeps_the_body_at_home()
    {
        using var content = new LineContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, Url("/refused")) { Content = content };
        request.Headers.ExpectContinue = true;

        using var answer = await _client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(content.IsAskedFor, Is.False);
    }

    /// <summary>A body without a known length, so that it is sent in chunks.</summary>
    private sealed class ReadOnce(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
