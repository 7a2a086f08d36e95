using System.Net.Sockets;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Transport;
using static WunderProxy.Forwarding.Tests.Exchanges.HeldRequests;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What slow and hostile clients can cost whose requests are held, and what follows on their connections.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class HeldRequestBoundsTests
{
    [Test]
    public void Slow_client_costs_no_more_memory_than_what_it_has_sent_and_a_small_block()
    {
        var proxy = NewProxy();
        var body = Body(5 * Block);
        var client = proxy.Connect();
        proxy.Send(client, Request("length", body)[..^body.Length]);
        for (var sent = 0; sent < body.Length; sent += 1000)
        {
            proxy.Send(client, body[sent..Math.Min(sent + 1000, body.Length - 1)]);
            var most = sent + 1000 <= Block ? sent + 1000 + (4 * 1024) : sent + 1000 + Block;
            Assert.That(Held(proxy), Is.LessThanOrEqualTo(most), () => $"after {sent}");
        }

        proxy.Send(client, body[^1..]);

        AssertSame(BodyOf(proxy.Received(proxy.Upstreams.Single())), body);
        AssertAnswered(proxy, client);
    }

    [TestCase(1)]
    [TestCase(4097)]
    [TestCase(70_000)]
    public void Body_as_large_as_the_bound_is_held_however_it_arrives(int firstBytes)
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var body = Body((4 * Block) + MiB);
        var client = proxy.Connect();

        proxy.Send(client, Request("length", body)[..^body.Length]);
        proxy.Send(client, body[..firstBytes]);
        foreach (var part in body[firstBytes..].Chunk(3001))
        {
            proxy.Send(client, new string(part));
        }

        AssertSame(BodyOf(proxy.Received(proxy.Upstreams.Single())), body);
        AssertAnswered(proxy, client);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Room_in_files_that_is_no_whole_step_does_not_count()
    {
        var proxy = NewProxy(Small with { ConnectionDiskBytes = 8 * MiB, DiskBytes = (MiB * 3L) / 2 }, new ScriptedDisk());
        var client = proxy.Connect();

        proxy.Send(client, $"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {(4 * Block) + MiB + 1}\r\n\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 413 ").And.Not.Contain("Retry-After"));
    }

    [Test]
    public void Silence_is_limited_and_the_whole_time_is_not()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abcdef")[..^6]);

        foreach (var letter in "abcdef")
        {
            proxy.Pass(TimeSpan.FromSeconds(29));
            proxy.Send(client, $"{letter}");
        }

        AssertAnswered(proxy, client);
    }

    [TestCase("length")]
    [TestCase("chunked")]
    public void Request_that_follows_a_held_one_is_no_part_of_its_body(string framing)
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, Request(framing, "abc") + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

        var upstream = proxy.Upstreams.Single();
        Assert.That(proxy.Received(upstream), Does.EndWith("\r\n\r\nabc"));
        proxy.Send(upstream, Ok);
        Assert.That(proxy.Received(upstream), Does.Contain("\r\n\r\nabcGET /next HTTP/1.1\r\n"));
        proxy.Send(upstream, Ok);
        Assert.That(proxy.Received(client), Is.EqualTo(Ok + Ok));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Body_of_a_request_for_an_upgrade_is_held_and_what_follows_is_the_other_protocol()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n\r\nabcd");
        Assert.That(proxy.Upstreams, Is.Empty);

        proxy.Send(client, "eping");
        var upstream = proxy.Upstreams.Single();
        Assert.That(proxy.Received(upstream), Does.Contain("\r\nUpgrade: x\r\n").And.EndWith("\r\n\r\nabcde"));
        proxy.Send(upstream, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\npong");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 101 ").And.EndWith("\r\n\r\npong"));
        Assert.That(proxy.Received(upstream), Does.EndWith("abcdeping"));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Trailers_and_chunks_are_sent_again_with_the_body()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var body = Body(700_000);
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc"));
        AssertAnswered(proxy, client);
        var request = Request("chunked", body, "PUT");

        proxy.Send(client, $"{request[..^2]}X-Sum: 7\r\n\r\n");
        proxy.Loop.Run(proxy.Upstreams[0].Close);

        var sent = BodyOf(proxy.Received(proxy.Upstreams[1]));
        Assert.That(sent, Does.EndWith("\r\n0\r\nX-Sum: 7\r\n\r\n"));
        AssertSame(Payload(sent), body);
        proxy.Send(proxy.Upstreams[1], Ok);
        Assert.That(proxy.Received(client), Does.EndWith(Ok));
        AssertNothingHeld(proxy);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Bad_chunk_after_a_file_was_begun_frees_it()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var client = proxy.Connect();

        proxy.Send(client, Request("chunked", Body(MiB))[..^5]);
        Assert.That(disk.OpenFiles, Is.EqualTo(1));
        proxy.Send(client, "z\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 "));
        Assert.That(proxy.Upstreams, Is.Empty);
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Failed_request_is_not_held_for_a_client_that_does_not_read_the_answer()
    {
        var proxy = NewProxy();
        proxy.Loop.Connector = _ => new ConnectResult(null, SocketError.ConnectionRefused);
        var client = proxy.Connect(capacityBytes: 64);

        proxy.Send(client, Request("length", Body(100_000)));

        AssertNothingHeld(proxy);
        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 502 "));
    }

    [Test]
    public void Client_that_takes_no_error_answer_is_ended([Values] bool isHeld)
    {
        var proxy = NewProxy(served: new ApplicationOptions { BuffersRequests = isHeld });
        var client = proxy.Connect(capacityBytes: 64);
        proxy.Send(client, Request("length", "abc")[..^1]);

        proxy.Pass(TimeSpan.FromSeconds(31));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None), "the answer waits for the client");
        proxy.Pass(TimeSpan.FromSeconds(31));

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Upstream_that_takes_nothing_costs_no_memory_after_its_time()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        var request = Request("chunked", Body(100_000));
        var rented = proxy.Loop.Buffers.RentedCount;

        proxy.Send(client, $"{request[..^2]}X-Sum: 7\r\n\r\n");
        proxy.EndLeases(proxy.Slot.Current!);
        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 50"));
        proxy.Loop.Run(client.Abort);

        AssertNothingHeld(proxy);
        proxy.Loop.Run(proxy.Upstreams.Single().Abort);
        Assert.That(proxy.Loop.Buffers.RentedCount, Is.EqualTo(rented));
    }

    [Test]
    public void Pause_that_is_too_long_or_a_client_that_leaves_meanwhile_frees_the_whole_body([Values] bool leaves)
    {
        var proxy = NewProxy();
        proxy.Served.Pause();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", Body(100_000)));
        Assert.That(Held(proxy), Is.Positive);

        if (leaves)
        {
            proxy.Loop.Run(client.Abort);
        }
        else
        {
            proxy.Pass(TimeSpan.FromSeconds(31));
            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 503 "));
        }

        Assert.That(proxy.Upstreams, Is.Empty);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Drain_of_the_upstream_does_not_end_a_request_that_is_held()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc")[..^1]);

        proxy.EndLeases(proxy.Slot.Current!);
        proxy.Send(client, "c");

        AssertAnswered(proxy, client);
    }

    [Test]
    public void Bytes_of_the_body_and_of_our_interim_answer_are_counted()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        const string Head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";

        proxy.Send(client, Head);
        proxy.Send(client, "abc");
        proxy.Send(proxy.Upstreams.Single(), Ok);
        var answer = proxy.ReceivedAsItIs(client);

        var traffic = proxy.Served.Snapshot().Traffic;
        Assert.That((traffic.BytesIn, traffic.BytesOut), Is.EqualTo(((long)Head.Length + 3, (long)answer.Length)));
    }

    private static long Held(MemoryProxy proxy) => proxy.Context.Settings.Buffers!.Snapshot().Memory;

    /// <summary>The payload of a chunked body.</summary>
    private static string Payload(string chunked)
    {
        var payload = new System.Text.StringBuilder();
        for (var at = 0; ;)
        {
            var end = chunked.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = Convert.ToInt32(chunked[at..end], 16);
            if (size == 0)
            {
                return payload.ToString();
            }

            payload.Append(chunked.AsSpan(end + 2, size));
            at = end + 2 + size + 2;
        }
    }
}
