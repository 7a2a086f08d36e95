using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Tests.Exchanges.Bodies;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Responses to clients that are slower than the upstream, with every order of events in hand.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BufferedResponseTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int Block = 64 * 1024;
    private const int MiB = 1 << 20;

    private static readonly string[] Framings = ["length", "chunked", "until-close", "http/1.0", "filtered"];

    [TestCaseSource(nameof(Framings))]
    public void Response_that_is_read_whole_frees_the_upstream_while_the_client_reads_nothing(string framing)
    {
        var proxy = NewProxy(filtered: framing == "filtered");
        var body = Body(400_000);
        var (client, upstream) = proxy.Begin(RequestFor(framing));

        Send(proxy, upstream, framing, body);

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "the lease was given back");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.InRange(body.Length, MiB + Block));
        AssertSame(BodyOf(proxy, client, framing), framing == "filtered" ? Doubled(body) : body);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Upstream_connection_serves_others_while_the_client_still_reads()
    {
        var proxy = NewProxy();
        var body = Body(300_000);
        var (slow, upstream) = proxy.Begin(Get);
        Send(proxy, upstream, "length", body);

        var (fast, second) = proxy.Begin(Get);
        proxy.Send(second, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");

        Assert.That(second, Is.SameAs(upstream));
        Assert.That(proxy.Received(fast), Does.EndWith("\r\n\r\nhi"));
        AssertEnd(proxy.Received(slow), body);
    }

    [Test]
    public void Client_connection_is_used_again_after_a_buffered_response()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Get);
        Send(proxy, upstream, "length", Body(300_000));
        var first = proxy.Received(client).Length;

        proxy.Send(client, Get);
        proxy.Send(upstream, "HTTP/1.1 204 No Content\r\n\r\n");

        Assert.That(proxy.Received(client)[first..], Does.StartWith("HTTP/1.1 204 "));
    }

    [Test]
    public void Bytes_are_passed_on_at_once_before_and_after_the_client_was_behind()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        proxy.Send(upstream, Chunk("first"));
        Assert.That(proxy.Received(client), Does.EndWith("first\r\n"));

        var many = Body(200_000);
        proxy.Send(upstream, Chunk(many));
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.Positive, "the client is behind");
        AssertEnd(proxy.Received(client), many + "\r\n");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.Zero, "the client has caught up");

        proxy.Send(upstream, Chunk("last"));
        Assert.That(proxy.Received(client), Does.EndWith("last\r\n"));
        proxy.Pass(TimeSpan.FromHours(1));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None));
    }

    [Test]
    public void Without_files_the_upstream_waits_at_the_bound_of_memory()
    {
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block });
        var body = Body(MiB);
        var (client, upstream) = proxy.Begin(Get);

        Send(proxy, upstream, "length", body);

        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.LessThanOrEqualTo(5 * Block));
        AssertEnd(proxy.Received(client), body);
        AssertNothingHeld(proxy);
    }

    [TestCaseSource(nameof(Framings))]
    public void Past_the_bound_of_memory_the_response_goes_to_a_file(string framing)
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk, filtered: framing == "filtered");
        var body = Body(MiB);
        var (client, upstream) = proxy.Begin(RequestFor(framing));

        Send(proxy, upstream, framing, body);

        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "the response was read whole");
        Assert.That(held.Memory, Is.LessThanOrEqualTo(6 * Block));
        Assert.That(held.Disk, Is.InRange(body.Length - (4 * Block), 3 * MiB));
        Assert.That((held.Spills, disk.OpenFiles), Is.EqualTo((1, 1)));
        AssertSame(BodyOf(proxy, client, framing), framing == "filtered" ? Doubled(body) : body);
        AssertNothingHeld(proxy);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Past_the_bound_of_the_file_the_upstream_waits_and_the_file_is_used_as_a_ring()
    {
        var disk = new ScriptedDisk();
        var options = new BufferOptions { ConnectionMemoryBytes = 4 * Block, ConnectionDiskBytes = 300_000 };
        var proxy = NewProxy(options, disk);
        var body = Body(2 * MiB);
        var (client, upstream) = proxy.Begin(Get);

        Send(proxy, upstream, "length", body);

        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Disk, Is.EqualTo(MiB), "one step");
        AssertEnd(proxy.Received(client), body);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Memory_that_others_use_is_waited_for_and_used_when_it_is_free()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 8 * Block, ConnectionMemoryBytes = 8 * Block });
        var body = Body(300_000);
        var (first, firstUpstream) = proxy.Begin(Get);
        Send(proxy, firstUpstream, "length", Body(MiB));
        var (second, secondUpstream) = proxy.Begin(Get);
        Send(proxy, secondUpstream, "length", body);
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(2), "there is no memory for either");

        proxy.Loop.Run(first.Abort);
        proxy.Pass(TimeSpan.FromSeconds(1));

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "the second response has been read");
        AssertEnd(proxy.Received(second), body);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Disk_that_others_use_is_waited_for_and_used_when_it_is_free()
    {
        var options = new BufferOptions { ConnectionMemoryBytes = 4 * Block, DiskBytes = 2 * MiB };
        var proxy = NewProxy(options, new ScriptedDisk());
        var (first, firstUpstream) = proxy.Begin(Get);
        Send(proxy, firstUpstream, "length", Body(2 * MiB));
        var body = Body(MiB);
        var (second, secondUpstream) = proxy.Begin(Get);
        Send(proxy, secondUpstream, "length", body);
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1), "there is no room for the second one");

        proxy.Loop.Run(first.Abort);
        proxy.Pass(TimeSpan.FromSeconds(1));

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertEnd(proxy.Received(second), body);
        AssertNothingHeld(proxy);
    }

    [TestCase("until-close")]
    [TestCase("filtered")]
    public void Bodies_that_are_framed_anew_keep_to_the_memory_of_all_connections(string framing)
    {
        const int Clients = 8;
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 2 * Clients * Block }, filtered: framing == "filtered");
        var body = Body(2 * MiB);
        var response = Response(framing, body);
        var ends = Enumerable.Range(0, Clients).Select(_ => proxy.Begin(Get)).ToList();
        ends.ForEach(end => proxy.Send(end.Upstream, response[..20_000]));
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.EqualTo(2 * Clients * Block), "all are behind");

        ends.ForEach(end => proxy.Send(end.Upstream, response[20_000..]));

        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.LessThanOrEqualTo(4 * Clients * Block));
        foreach (var (client, upstream) in ends)
        {
            _ = proxy.Received(client);
            proxy.Loop.Run(upstream.Close);
            AssertSame(BodyOf(proxy, client, framing), framing == "filtered" ? Doubled(body) : body);
        }

        AssertNothingHeld(proxy);
    }

    [Test]
    public void File_that_others_use_is_waited_for_and_is_no_fault()
    {
        var disk = new ScriptedDisk { MaxFiles = 1 };
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk);
        var body = Body(MiB);
        var (first, firstUpstream) = proxy.Begin(Get);
        Send(proxy, firstUpstream, "length", body);
        var (second, secondUpstream) = proxy.Begin(Get);
        Send(proxy, secondUpstream, "length", body);
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1), "there is no file for the second one");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Warning, Is.Null);

        AssertEnd(proxy.Received(first), body);
        proxy.Pass(TimeSpan.FromSeconds(1));

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertEnd(proxy.Received(second), body);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Rest_of_the_request_goes_on_while_the_client_is_behind_with_an_early_response()
    {
        var proxy = NewProxy();
        var request = Body(100_000);
        var body = Body(300_000);
        var (client, upstream) = proxy.Begin($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {request.Length}\r\n\r\n");
        Send(proxy, upstream, "length", body);

        proxy.Send(client, request);

        AssertEnd(proxy.Received(upstream), request);
        AssertEnd(proxy.Received(client), body);
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Scarce_memory_sends_bodies_to_their_files_early()
    {
        var options = new BufferOptions { MemoryBytes = 4 * MiB };
        var proxy = NewProxy(options, new ScriptedDisk());
        var clients = new List<MemoryConnection>();
        var body = Body(700_000);
        for (var count = 0; count < 8; count++)
        {
            var (client, upstream) = proxy.Begin(Get);
            Send(proxy, upstream, "length", body);
            clients.Add(client);
        }

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "all were read");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.LessThanOrEqualTo(4 * MiB));
        clients.ForEach(client => AssertEnd(proxy.Received(client), body));
        AssertNothingHeld(proxy);
    }

    [TestCase(0)]
    [TestCase(200_000)]
    public void Disk_that_gets_full_makes_the_upstream_wait_and_loses_nothing(int bytesUntilFault)
    {
        var disk = new ScriptedDisk { BytesUntilFault = bytesUntilFault };
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block, Directory = "/d" }, disk);
        var body = Body(MiB);
        var (client, upstream) = proxy.Begin(Get);

        Send(proxy, upstream, "length", body);

        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
        Assert.That(held.Warning, Does.Contain("/d").And.Contain("No space left"));
        AssertEnd(proxy.Received(client), body);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Disk_that_has_room_again_is_used_again()
    {
        var disk = new ScriptedDisk { FailsWrites = true };
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk);
        var (client, upstream) = proxy.Begin(Get);
        var body = Body(MiB);
        Send(proxy, upstream, "length", body);

        disk.FailsWrites = false;
        proxy.Pass(TimeSpan.FromSeconds(6));

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "the rest went to the file");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Warning, Is.Null);
        AssertEnd(proxy.Received(client), body);
    }

    [Test]
    public void File_that_cannot_be_read_aborts_the_response()
    {
        var disk = new ScriptedDisk { FailsReads = true };
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk);
        var (client, upstream) = proxy.Begin(Get);
        var body = Body(MiB);
        Send(proxy, upstream, "length", body);

        var received = proxy.Received(client);

        Assert.That(received.Length, Is.LessThan(body.Length));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Response_that_breaks_off_is_aborted_after_what_came_of_it()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Get);
        var body = Body(300_000);
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + 1}\r\n\r\n{body}");
        proxy.Loop.Run(upstream.Close);

        var received = proxy.Received(client);

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertEnd(received, body);
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Client_that_leaves_frees_memory_and_file_at_once([Values] bool isSlowDisk)
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk);
        var (client, upstream) = proxy.Begin(Get);
        disk.IsSlow = isSlowDisk;
        Send(proxy, upstream, "length", Body(MiB));

        proxy.Loop.Run(client.Abort);
        proxy.Loop.Run(disk.RunAll);
        proxy.Loop.Run(disk.RunAll);

        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Client_that_takes_nothing_is_reset_after_the_time_of_a_body_but_one_that_takes_is_not()
    {
        var proxy = NewProxy();
        var (stalled, upstream) = proxy.Begin(Get);
        Send(proxy, upstream, "length", Body(300_000));
        var (slow, slowUpstream) = proxy.Begin(Get);
        Send(proxy, slowUpstream, "length", Body(300_000));

        for (var count = 0; count < 4; count++)
        {
            proxy.Pass(TimeSpan.FromSeconds(20));
            var taken = 0;
            for (var length = 1; length > 0 && taken < 80_000; taken += length)
            {
                length = proxy.ReadOnce(slow).Length;
            }
        }

        Assert.That(stalled.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(slow.CloseReason, Is.EqualTo(CloseReason.None));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Fault_of_ours_while_the_client_is_behind_frees_everything([Values] bool isSlowDisk)
    {
        var disk = new ScriptedDisk { IsSlow = isSlowDisk };
        var proxy = new MemoryProxy(
            options => options with { Buffers = new BufferOptions { ConnectionMemoryBytes = 4 * Block } },
            capacityBytes: 4096,
            responseFilter: static (_, _) => new FailingFilter(bytesUntilFault: 500_000),
            disk: disk);
        var (client, upstream) = proxy.Begin(Get);

        Send(proxy, upstream, "length", Body(MiB));
        for (var count = 0; count < 8; count++)
        {
            proxy.Loop.Run(disk.RunAll);
        }

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Application_may_forbid_buffering([Values("no", "No", "yes")] string value)
    {
        var proxy = NewProxy();
        var (_, upstream) = proxy.Begin(Get);

        var body = Body(300_000);
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nX-Accel-Buffering: {value}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(value == "yes" ? 0 : 1));
    }

    [Test]
    public void Word_about_buffering_is_for_proxies_only([Values] bool isTrusted)
    {
        var proxy = NewProxy(options => options with { TrustNobody = !isTrusted, TrustedProxies = isTrusted ? options.TrustedProxies : [] });
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nContent-Length: 2\r\n\r\nhi");

        var expected = isTrusted ? Does.Contain("X-Accel-Buffering: no") : Does.Not.Contain("X-Accel");
        Assert.That(proxy.Received(client), expected);
    }

    [Test]
    public void Application_with_buffering_off_waits_for_its_clients()
    {
        var proxy = NewProxy(served: new ApplicationOptions { BuffersResponses = false });
        var (_, upstream) = proxy.Begin(Get);

        Send(proxy, upstream, "length", Body(300_000));

        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
    }

    [Test]
    public void Drain_deadline_aborts_a_response_that_still_comes()
    {
        var proxy = NewProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n{Body(300_000)}");

        proxy.EndLeases(proxy.Slot.Current!);
        proxy.Loop.RunUntilIdle();
        _ = proxy.Received(client);

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Every_order_of_reading_sending_and_disk_gives_the_same_bytes([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var disk = new ScriptedDisk { IsSlow = true };
        var options = new BufferOptions
        {
            MemoryBytes = random.Next(5, 20) * Block,
            ConnectionMemoryBytes = random.Next(4, 8) * Block,
            ConnectionDiskBytes = random.Next(100_000, MiB),
            DiskBytes = 2 * MiB,
        };
        var isFiltered = random.Next(4) == 0;
        var log = new RecordingLogger();
        var proxy = NewProxy(options, disk, isFiltered, logger: log);
        var framing = Framings[random.Next(3)];
        var body = Body(random.Next(100_000, 3 * MiB));
        var (client, upstream) = proxy.Begin(Get);
        var response = Response(framing, body);
        var received = new StringBuilder();
        var sending = Task.CompletedTask;
        for (var sent = 0; sent < response.Length || disk.Waiting > 0 || !sending.IsCompleted;)
        {
            switch (random.Next(4))
            {
                case 0 when sent < response.Length && sending.IsCompleted:
                    var length = Math.Min(random.Next(1, 200_000), response.Length - sent);
                    var bytes = Encoding.Latin1.GetBytes(response.Substring(sent, length));
                    proxy.Loop.Run(() => sending = upstream.Output.WriteAsync(bytes).AsTask());
                    sent += length;
                    break;
                case 1 when disk.Waiting > 0:
                    disk.BytesUntilFault = random.Next(20) == 0 ? 50_000 : int.MaxValue;
                    proxy.Loop.Run(disk.RunOne);
                    break;
                case 2:
                    for (var reads = random.Next(100); reads > 0; reads--)
                    {
                        received.Append(proxy.ReadOnce(client));
                    }

                    break;
                default:
                    proxy.Pass(TimeSpan.FromMilliseconds(random.Next(1, 100)));
                    break;
            }
        }

        if (framing == "until-close")
        {
            proxy.Loop.Run(upstream.Close);
        }

        disk.IsSlow = false;
        proxy.Loop.Run(disk.RunAll);
        received.Append(proxy.ReceivedAsItIs(client));

        var got = received.ToString();
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None), $"seed {seed}, {framing}, {got.Length} characters, {string.Join("; ", log.Events)}");
        var isChunked = got.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal);
        var payload = got[(got.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        AssertSame(isChunked ? Dechunked(payload) : payload, isFiltered ? Doubled(body) : body);
        AssertNothingHeld(proxy);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    private static MemoryProxy NewProxy(
        BufferOptions? buffers = null, ScriptedDisk? disk = null, bool filtered = false, ApplicationOptions? served = null, ILogger? logger = null) =>
        new(
            options => options with { Buffers = buffers ?? new BufferOptions() },
            logger,
            capacityBytes: 4096,
            responseFilter: filtered ? static (_, _) => new DoublingFilter() : null,
            served: served,
            disk: disk);

    private static MemoryProxy NewProxy(Func<ForwarderOptions, ForwarderOptions> configure) =>
        new(options => configure(options with { Buffers = new BufferOptions() }));

    private static void AssertNothingHeld(MemoryProxy proxy)
    {
        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That((held.Memory, held.Disk), Is.EqualTo((0L, 0L)));
    }

    // A failure tells where two texts differ, and not the texts, which are long.
    private static void AssertSame(string actual, string expected) =>
        Assert.That((actual.Length, actual.AsSpan().CommonPrefixLength(expected)), Is.EqualTo((expected.Length, expected.Length)));

    private static void AssertEnd(string actual, string end) => AssertSame(actual[Math.Max(0, actual.Length - end.Length)..], end);

    private static string RequestFor(string framing) => framing == "http/1.0" ? "GET / HTTP/1.0\r\nHost: a\r\n\r\n" : Get;

    private static void Send(MemoryProxy proxy, MemoryConnection upstream, string framing, string body)
    {
        proxy.Send(upstream, Response(framing, body));
        if (framing == "until-close")
        {
            proxy.Loop.Run(upstream.Close);
        }
    }

    private static string Response(string framing, string body) => framing switch
    {
        "length" or "filtered" => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}",
        "until-close" => $"HTTP/1.1 200 OK\r\n\r\n{body}",
        _ => $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks(body)}0\r\n\r\n",
    };

    private static string Chunks(string body) =>
        string.Concat(body.Chunk(100_001).Select(part => Chunk(new string(part))));

    private static string Chunk(string text) => $"{text.Length:x}\r\n{text}\r\n";

    private static string BodyOf(MemoryProxy proxy, MemoryConnection client, string framing)
    {
        var received = proxy.Received(client);
        var body = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return framing is "chunked" or "until-close" or "filtered" ? Dechunked(body) : body;
    }

    private static string Dechunked(string chunks)
    {
        var text = new StringBuilder();
        for (var at = 0; ;)
        {
            var end = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(chunks.AsSpan(at, end - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return text.ToString();
            }

            Assert.That(chunks.Length, Is.GreaterThanOrEqualTo(end + 2 + size), $"a chunk of {size} at {end} is cut off");
            text.Append(chunks, end + 2, size);
            at = end + 4 + size;
        }
    }

    private static string Doubled(string body) => string.Concat(body.Select(letter => new string(letter, 2))) + "!";

    private static string Body(int length) => string.Create(length, 0, static (letters, _) =>
    {
        for (var at = 0; at < letters.Length; at++)
        {
            letters[at] = (char)('a' + ((at * 7 + (at >> 8)) % 26));
        }
    });
}
