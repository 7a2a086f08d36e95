using System.Globalization;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Compression;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;

namespace WunderProxy.Forwarding.Tests.Exchanges.Compression;

/// <summary>Responses are compressed for clients that take it, and no other response is changed.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class CompressedResponseTests
{
    private const string Page = "Content-Type: text/html\r\n";

    private static readonly string Html = string.Concat(Enumerable.Range(0, 200).Select(i => $"<p>line {i} of the page</p>\n"));

    [TestCase("br", ResponseCompression.Fast)]
    [TestCase("br", ResponseCompression.Normal)]
    [TestCase("br", ResponseCompression.Small)]
    [TestCase("gzip", ResponseCompression.Fast)]
    [TestCase("gzip", ResponseCompression.Normal)]
    [TestCase("gzip", ResponseCompression.Small)]
    public void Text_is_compressed_at_every_level(string coding, ResponseCompression level)
    {
        var proxy = new MemoryProxy(served: new ApplicationOptions { Compression = level });

        var response = Exchange(proxy, coding, WithLength(Html, Page));

        Assert.That(response.Decode(), Is.EqualTo(Html));
        Assert.That((response.Coding, response.Value("Vary"), response.Value("Content-Length"), response.IsComplete), Is.EqualTo((coding, "Accept-Encoding", "", true)));
        Assert.That(response.Payload, Has.Length.LessThan(Html.Length / 5));
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public void Body_of_any_size_in_any_framing_and_any_pieces_comes_out_the_same(string coding)
    {
        var random = new Random(20_261_126);
        var proxy = NewProxy();
        for (var round = 0; round < 60; round++)
        {
            var body = Body(random);
            var pieces = Cut(body, random);
            var isChunked = round % 3 == 0;
            var isUntilClose = round % 3 == 1;
            var (client, upstream) = proxy.Begin(Request(coding));
            var head = isChunked ? "Transfer-Encoding: chunked\r\n" : isUntilClose ? "" : $"Content-Length: {body.Length}\r\n";
            proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}{head}\r\n");
            foreach (var piece in pieces)
            {
                proxy.Send(upstream, isChunked ? $"{piece.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n{piece}\r\n" : piece);
            }

            proxy.Send(upstream, isChunked ? "0\r\n\r\n" : "");
            if (isUntilClose)
            {
                proxy.Loop.Run(upstream.ShutdownSend);
            }

            var response = ReceivedResponse.Parse(proxy.Received(client));

            Assert.That(response.IsComplete, Is.True, $"round {round}");
            Assert.That(response.Decode(), Is.EqualTo(body), $"round {round}");
            proxy.Loop.Run(client.Close);
        }
    }

    [TestCase("br", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("gzip", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public void Empty_body_of_unknown_length_is_a_complete_one_of_the_coding(string coding, string answer)
    {
        var response = Exchange(NewProxy(), coding, answer);

        Assert.That((response.Coding, response.IsComplete, response.Decode()), Is.EqualTo((coding, true, "")));
        Assert.That(response.Payload, Is.Not.Empty);
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public void What_the_application_has_sent_can_be_decoded_while_it_is_silent(string coding)
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Request(coding));
        var sent = "";
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}Transfer-Encoding: chunked\r\n\r\n");
        foreach (var part in new[] { "a", "bc", new string('d', 70_000), "e" })
        {
            proxy.Send(upstream, $"{part.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n{part}\r\n");
            sent += part;

            var response = ReceivedResponse.Parse(proxy.Received(client));

            Assert.That((response.IsComplete, response.Decode().Length), Is.EqualTo((false, sent.Length)));
        }
    }

    [Test]
    public void Silence_costs_nothing_more()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Request("gzip"));
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        var before = proxy.Received(client);

        proxy.Send(upstream, "1;");
        proxy.Send(upstream, "x");

        Assert.That(proxy.Received(client), Is.EqualTo(before));
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public void Response_that_breaks_off_is_seen_to(string coding)
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Request(coding));

        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}Content-Length: 5000\r\n\r\n{Html[..2000]}");
        proxy.Loop.Run(upstream.ShutdownSend);
        var response = ReceivedResponse.Parse(proxy.Received(client));

        Assert.That((response.IsComplete, client.CloseReason), Is.EqualTo((false, CloseReason.RemoteReset)));
        Assert.That(Html, Does.StartWith(response.Decode()));
    }

    [Test]
    public void Client_that_leaves_in_the_middle_frees_the_encoder()
    {
        var proxy = NewProxy();
        for (var i = 0; i < 2 * ResponseCompressor.MaxActive; i++)
        {
            var (client, upstream) = proxy.Begin(Request(i % 2 == 0 ? "br" : "gzip"));
            proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}Content-Length: 5000\r\n\r\n{Html[..2000]}");
            Assert.That(ReceivedResponse.Parse(proxy.Received(client)).Coding, Is.Not.Empty, $"client {i}");
            proxy.Loop.Run(client.Abort);
        }
    }

    [Test]
    public void Beyond_the_bound_responses_pass_as_they_are()
    {
        var proxy = NewProxy();
        var answers = new List<(MemoryConnection Client, MemoryConnection Upstream)>();
        for (var i = 0; i < ResponseCompressor.MaxActive; i++)
        {
            var (client, upstream) = proxy.Begin(Request("br"));
            proxy.Send(upstream, $"HTTP/1.1 200 OK\r\n{Page}Content-Length: {Html.Length}\r\n\r\n");
            answers.Add((client, upstream));
        }

        var beyond = Exchange(proxy, "br", WithLength(Html, Page + "ETag: \"1\"\r\n"));
        proxy.Send(answers[0].Upstream, Html);
        var first = ReceivedResponse.Parse(proxy.Received(answers[0].Client));
        proxy.Send(answers[0].Client, Request("br"));
        proxy.Send(answers[0].Upstream, WithLength(Html, Page));
        var next = proxy.Received(answers[0].Client);

        Assert.That((beyond.Coding, beyond.Payload, beyond.Value("Vary"), beyond.Value("ETag")), Is.EqualTo(("", Html, "Accept-Encoding", "\"1\"")));
        Assert.That(first.Decode(), Is.EqualTo(Html));
        Assert.That(next.Split("Content-Encoding: br"), Has.Length.EqualTo(3), "a place is free again");
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public void Slow_client_holds_no_place_once_its_body_has_been_compressed(string coding)
    {
        var proxy = NewProxy();
        var noise = new byte[12 * 1024];
        new Random(20_261_126).NextBytes(noise);
        var slow = new List<MemoryConnection>();
        for (var i = 0; i < ResponseCompressor.MaxActive; i++)
        {
            slow.Add(proxy.Connect(capacityBytes: 1024));
            proxy.Send(slow[i], Request(coding));
            proxy.Send(proxy.Upstreams[i], WithLength(Encoding.Latin1.GetString(noise), Page));
        }

        var inFlight = proxy.Slot.Current!.InFlight;
        var beyond = Exchange(proxy, coding, WithLength(Html, Page));
        var first = ReceivedResponse.Parse(proxy.Received(slow[0]));

        Assert.That((inFlight, beyond.Coding), Is.EqualTo((ResponseCompressor.MaxActive, coding)));
        Assert.That((first.IsComplete, first.Decode()), Is.EqualTo((true, Encoding.Latin1.GetString(noise))));
    }

    [TestCase("")]
    [TestCase("Accept-Encoding: \r\n")]
    [TestCase("Accept-Encoding: deflate\r\n")]
    [TestCase("Accept-Encoding: br\r\nCache-Control: no-transform\r\n")]
    public void Client_that_does_not_ask_gets_the_answer_as_it_is_and_caches_are_told(string lines)
    {
        var response = ExchangeAs(NewProxy(), $"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n", WithLength(Html, Page + "ETag: \"1\"\r\nAccept-Ranges: bytes\r\n"));

        Assert.That((response.Coding, response.Payload, response.Value("Vary")), Is.EqualTo(("", Html, "Accept-Encoding")));
        Assert.That((response.Value("ETag"), response.Value("Accept-Ranges"), response.Value("Content-Length")), Is.EqualTo(("\"1\"", "bytes", $"{Html.Length}")));
    }

    [Test]
    public void Http_1_0_gets_the_answer_as_it_is()
    {
        var response = ExchangeAs(NewProxy(), "GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n", WithLength(Html, Page));

        Assert.That((response.Coding, response.Payload, response.Value("Vary")), Is.EqualTo(("", Html, "Accept-Encoding")));
    }

    [Test]
    public void Head_has_the_fields_of_the_application_and_vary()
    {
        var response = ExchangeAs(
            NewProxy(),
            "HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{Page}ETag: \"1\"\r\nContent-Length: 5000\r\n\r\n");

        Assert.That((response.Coding, response.Value("Vary"), response.Value("ETag"), response.Value("Content-Length")), Is.EqualTo(("", "Accept-Encoding", "\"1\"", "5000")));
    }

    [TestCase("Content-Type: image/png\r\n")]
    [TestCase(Page + "Content-Encoding: deflate\r\n")]
    [TestCase(Page + "Cache-Control: no-transform\r\n")]
    public void What_is_never_compressed_is_not_touched(string lines)
    {
        var response = Exchange(NewProxy(), "br", WithLength(Html, lines + "ETag: \"1\"\r\n"));

        Assert.That((response.Payload, response.Value("Vary"), response.Value("ETag")), Is.EqualTo((Html, "", "\"1\"")));
    }

    [Test]
    public void Part_of_a_body_is_not_touched()
    {
        var response = Exchange(
            NewProxy(), "br", $"HTTP/1.1 206 Partial Content\r\n{Page}Content-Range: bytes 0-1999/5000\r\nContent-Length: 2000\r\n\r\n{Html[..2000]}");

        Assert.That((response.Coding, response.Payload, response.Value("Vary")), Is.EqualTo(("", Html[..2000], "")));
    }

    [Test]
    public void Events_are_not_touched()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Request("br"));

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");

        Assert.That(proxy.Received(client), Does.EndWith("9\r\ndata: 1\n\n\r\n").And.Not.Contain("Vary"));
    }

    [TestCase("\"1\"", "W/\"1\"")]
    [TestCase("W/\"1\"", "W/\"1\"")]
    [TestCase("1", "")]
    public void Entity_tag_of_a_compressed_response_is_weak(string tag, string sent)
    {
        var response = Exchange(NewProxy(), "gzip", WithLength(Html, $"{Page}ETag: {tag}\r\n"));

        Assert.That(response.Value("ETag"), Is.EqualTo(sent));
    }

    [TestCase("Vary: Cookie\r\n", "Cookie|Accept-Encoding")]
    [TestCase("Vary: Cookie, accept-encoding\r\n", "Cookie, accept-encoding")]
    [TestCase("Vary: *\r\n", "*")]
    public void Vary_is_added_unless_it_says_so(string line, string sent)
    {
        var response = Exchange(NewProxy(), "gzip", WithLength(Html, Page + line));

        Assert.That(response.Value("Vary"), Is.EqualTo(sent));
    }

    [Test]
    public void Ranges_of_a_compressed_response_are_not_offered() => Assert.That(
        Exchange(NewProxy(), "gzip", WithLength(Html, Page + "accept-ranges: bytes\r\n")).Value("Accept-Ranges"), Is.Empty);

    [TestCase("W/\"1\"", "W/\"1\"", "Accept-Encoding")]
    [TestCase("\"0\", W/\"1\"", "W/\"1\"", "Accept-Encoding")]
    [TestCase("\"1\"", "\"1\"", "")]
    [TestCase("\"1\", W/\"1\"", "W/\"1\"", "Accept-Encoding")]
    [TestCase("W/\"1\", \"1\"", "W/\"1\"", "Accept-Encoding")]
    [TestCase("\"2\"\r\nIf-None-Match: W/\"1\"", "W/\"1\"", "Accept-Encoding")]
    [TestCase("W/\"11\"", "\"1\"", "")]
    [TestCase("\"W/\"1\"", "\"1\"", "")]
    [TestCase("*", "\"1\"", "")]
    public void Tag_that_was_weakened_is_confirmed_as_a_weak_one(string shown, string tag, string vary)
    {
        var response = ExchangeAs(
            NewProxy(),
            $"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\nIf-None-Match: {shown}\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");

        Assert.That((response.Value("ETag"), response.Value("Vary")), Is.EqualTo((tag, vary)));
    }

    [TestCase("W/\"1\"", "W/\"1\", \"1\"")]
    [TestCase("\"0\", W/\"1,2\" , W/\"3\"", "\"0\", W/\"1,2\" , W/\"3\", \"1,2\", \"3\"")]
    [TestCase("W/\"1\"\r\nIf-None-Match: \"2\"", "W/\"1\", \"2\", \"1\"")]
    [TestCase("\"1\"", "\"1\"")]
    [TestCase("*", "*")]
    [TestCase("W/\"1", "W/\"1")]
    [TestCase("W/\"\"", "W/\"\", \"\"")]
    [TestCase("\"aW/\", W/\"b\"", "\"aW/\", W/\"b\", \"b\"")]
    [TestCase("\"aW/\", \"b\"", "\"aW/\", \"b\"")]
    public void Application_is_shown_the_tag_as_it_may_have_made_it(string shown, string sent)
    {
        var proxy = NewProxy();

        var (_, upstream) = proxy.Begin($"GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: {shown}\r\n\r\n");

        Assert.That(ReceivedResponse.Parse(proxy.Received(upstream)).Value("If-None-Match"), Is.EqualTo(sent));
    }

    [TestCase(4096, true)]
    [TestCase(4097, false)]
    public void Tags_are_shown_in_both_forms_up_to_4_KiB_in_all_lines(int bytes, bool areDoubled)
    {
        const string Weak = "W/\"1\"";
        var strong = $"\"{new string('2', bytes - Weak.Length - 2)}\"";
        var proxy = NewProxy();

        var (_, upstream) = proxy.Begin($"GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: {Weak}\r\nIf-None-Match: {strong}\r\n\r\n");

        Assert.That(
            ReceivedResponse.Parse(proxy.Received(upstream)).Value("If-None-Match"),
            Is.EqualTo(areDoubled ? $"{Weak}, {strong}, \"1\"" : $"{Weak}|{strong}"));
    }

    [Test]
    public void Tags_that_are_meant_for_the_proxy_alone_are_not_forwarded()
    {
        var proxy = NewProxy();

        var (_, upstream) = proxy.Begin("GET / HTTP/1.1\r\nHost: a\r\nConnection: If-None-Match\r\nIf-None-Match: W/\"1\"\r\n\r\n");

        Assert.That(proxy.Received(upstream), Does.StartWith("GET / ").And.Not.Contain("If-None-Match"));
    }

    [Test]
    public void Without_compression_tags_pass_as_they_are()
    {
        var proxy = new MemoryProxy();

        var (_, upstream) = proxy.Begin("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: W/\"1\"\r\n\r\n");

        Assert.That(ReceivedResponse.Parse(proxy.Received(upstream)).Value("If-None-Match"), Is.EqualTo("W/\"1\""));
    }

    [Test]
    public void Connection_serves_compressed_and_plain_responses_in_turn()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Request("br"));
        proxy.Send(upstream, WithLength(Html, Page));
        var first = proxy.Received(client);
        proxy.Send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Send(upstream, WithLength(Html, Page));
        var second = proxy.Received(client)[first.Length..];
        proxy.Send(client, Request("gzip"));
        proxy.Send(upstream, WithLength(Html, Page));
        var third = proxy.Received(client)[(first.Length + second.Length)..];

        var answers = new[] { first, second, third }.Select(ReceivedResponse.Parse).ToArray();

        Assert.That(answers.Select(answer => answer.Coding), Is.EqualTo(new[] { "br", "", "gzip" }));
        Assert.That(answers.Select(answer => answer.Decode()), Is.All.EqualTo(Html));
        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
    }

    [Test]
    public void Off_is_off()
    {
        var response = Exchange(new MemoryProxy(), "br", WithLength(Html, Page));

        Assert.That((response.Coding, response.Value("Vary"), response.Payload), Is.EqualTo(("", "", Html)));
    }

    private static MemoryProxy NewProxy() => new(served: new ApplicationOptions { Compression = ResponseCompression.Normal });

    private static string Request(string coding) => $"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n";

    private static string WithLength(string body, string lines) =>
        $"HTTP/1.1 200 OK\r\n{lines}Content-Length: {body.Length}\r\n\r\n{body}";

    private static ReceivedResponse Exchange(MemoryProxy proxy, string coding, string answer) =>
        ExchangeAs(proxy, Request(coding), answer);

    private static ReceivedResponse ExchangeAs(MemoryProxy proxy, string request, string answer)
    {
        var (client, upstream) = proxy.Begin(request);
        proxy.Send(upstream, answer);
        return ReceivedResponse.Parse(proxy.Received(client));
    }

    /// <summary>A body of up to 200 KiB that compresses well, badly, or not at all in places.</summary>
    private static string Body(Random random)
    {
        var text = new StringBuilder();
        var length = 1024 + random.Next(1 << random.Next(4, 18));
        while (text.Length < length)
        {
            if (random.Next(3) == 0)
            {
                var noise = new byte[random.Next(9_000)];
                random.NextBytes(noise);
                text.Append(Encoding.Latin1.GetString(noise));
            }
            else
            {
                text.Append((char)random.Next(256), random.Next(9_000));
                text.Append(Html);
            }
        }

        return text.ToString(0, length);
    }

    private static List<string> Cut(string body, Random random)
    {
        var pieces = new List<string>();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, 1 + random.Next(1 << random.Next(1, 18)));
            pieces.Add(body.Substring(at, size));
            at += size;
        }

        return pieces;
    }
}
