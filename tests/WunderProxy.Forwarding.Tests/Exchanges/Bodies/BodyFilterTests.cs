using System.Globalization;
using System.Text;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

/// <summary>A filter changes the payload of a response, whatever frames it on either side.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BodyFilterTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Get10 = "GET / HTTP/1.0\r\nHost: a\r\n\r\n";
    private const string WithLength = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nE: f\r\n\r\n";
    private const string UntilClose = "HTTP/1.1 200 OK\r\n\r\nabcd";

    [TestCase(WithLength)]
    [TestCase(Chunked)]
    [TestCase(UntilClose)]
    public void Filtered_response_is_chunked_however_it_came_and_was_cut(string response)
    {
        for (var cut = 1; cut <= response.Length; cut++)
        {
            var filter = new DoublingFilter();
            var proxy = new MemoryProxy(responseFilter: (_, _) => filter);
            var (client, upstream) = proxy.Begin(Get);

            proxy.Send(upstream, response[..cut]);
            proxy.Send(upstream, response[cut..]);
            if (response == UntilClose)
            {
                proxy.Loop.Run(upstream.ShutdownSend);
            }

            var (head, payload, isComplete) = Split(proxy.Received(client));

            Assert.That(head, Does.Contain("Transfer-Encoding: chunked").And.Not.Contain("Content-Length"));
            Assert.That((payload, isComplete, filter.Releases), Is.EqualTo(("aabbccdd!", true, 1)), $"cut at {cut}");
        }
    }

    [TestCase(WithLength)]
    [TestCase(Chunked)]
    public void Connection_serves_the_next_request_behind_a_filtered_response(string response)
    {
        var proxy = new MemoryProxy(responseFilter: (_, _) => new DoublingFilter());
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, response);
        proxy.Send(client, Get);
        proxy.Send(upstream, response);

        Assert.That(proxy.Received(client).Split("HTTP/1.1 200 OK"), Has.Length.EqualTo(3));
        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
    }

    [TestCase(WithLength)]
    [TestCase(Chunked)]
    public void Http_1_0_gets_the_bare_payload_and_the_end_of_the_connection(string response)
    {
        var proxy = new MemoryProxy(responseFilter: (_, _) => new DoublingFilter());
        var (client, upstream) = proxy.Begin(Get10);

        proxy.Send(upstream, response);
        var received = proxy.Received(client);

        Assert.That(received, Does.EndWith("\r\n\r\naabbccdd!").And.Contain("Connection: close").And.Not.Contain("Content-Length"));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    [Test]
    public void What_the_application_sends_is_passed_on_before_more_comes()
    {
        var proxy = new MemoryProxy(responseFilter: (_, _) => new DoublingFilter());
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        var (_, first, isComplete) = Split(proxy.Received(client));
        proxy.Send(upstream, "cd");
        var (_, all, _) = Split(proxy.Received(client));

        Assert.That((first, isComplete, all), Is.EqualTo(("aabb", false, "aabbccdd!")));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabx")]
    public void Response_that_breaks_off_is_never_ended(string response)
    {
        var filter = new DoublingFilter();
        var proxy = new MemoryProxy(responseFilter: (_, _) => filter);
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, response);
        proxy.Loop.Run(upstream.ShutdownSend);
        var received = proxy.Received(client);

        Assert.That(received, Does.Not.Contain("!").And.Not.Contain("0\r\n\r\n"));
        Assert.That((client.CloseReason, filter.Releases), Is.EqualTo((CloseReason.RemoteReset, 1)));
    }

    [Test]
    public void Response_without_a_body_is_not_filtered()
    {
        var proxy = new MemoryProxy(responseFilter: (_, _) => throw new InvalidOperationException("nobody may ask"));
        var (client, upstream) = proxy.Begin("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");

        Assert.That(proxy.Received(client), Does.Contain("Content-Length: 4"));
    }

    [Test]
    public void Large_body_passes_a_filter_with_back_pressure()
    {
        const int Length = 1 << 20;
        var proxy = new MemoryProxy(responseFilter: (_, _) => new DoublingFilter());
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n{new string('a', Length)}");
        var (_, payload, isComplete) = Split(proxy.Received(client));

        Assert.That((payload.Length, isComplete), Is.EqualTo(((2 * Length) + 1, true)));
    }

    [TestCase("Content-Length: 4096\r\n\r\n", "")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n1000\r\n", "\r\n0\r\n\r\n")]
    public void Filter_is_released_once_the_body_has_passed_it_however_slow_the_client_is(string before, string after)
    {
        const int Length = 4096;
        var filter = new DoublingFilter();
        var proxy = new MemoryProxy(responseFilter: (_, _) => filter);
        var client = proxy.Connect(capacityBytes: 1024);
        proxy.Send(client, Get);

        proxy.Send(proxy.Upstreams.Single(), $"HTTP/1.1 200 OK\r\n{before}{new string('a', Length)}{after}");
        var releases = filter.Releases;
        var inFlight = proxy.Slot.Current!.InFlight;
        var (_, payload, isComplete) = Split(proxy.Received(client));

        Assert.That((releases, inFlight), Is.EqualTo((1, 1)), "the client still reads");
        Assert.That((payload.Length, isComplete, filter.Releases), Is.EqualTo(((2 * Length) + 1, true, 1)));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    /// <summary>The head, the payload of the chunks, and whether the last chunk is there.</summary>
    private static (string Head, string Payload, bool IsComplete) Split(string response)
    {
        var parts = response.Split("\r\n\r\n", 2);
        var payload = new StringBuilder();
        var at = 0;
        while (at < parts[1].Length)
        {
            var lineEnd = parts[1].IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(parts[1].AsSpan(at, lineEnd - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return (parts[0], payload.ToString(), true);
            }

            payload.Append(parts[1], lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
        }

        return (parts[0], payload.ToString(), false);
    }
}
