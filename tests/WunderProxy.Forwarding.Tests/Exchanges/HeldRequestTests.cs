using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Tests.Exchanges.Bodies;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
using static WunderProxy.Forwarding.Tests.Exchanges.HeldRequests;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Requests whose bodies are held whole before the upstream is contacted, with every order of events in hand.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class HeldRequestTests
{
    [TestCase("length")]
    [TestCase("chunked")]
    public void Upstream_is_contacted_when_the_body_is_complete_and_told_its_length(string framing)
    {
        var proxy = NewProxy();
        var body = Body(200_000);
        var request = Request(framing, body);
        var client = proxy.Connect();

        proxy.Send(client, request[..^1]);
        Assert.That(proxy.Upstreams, Is.Empty);
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "there is no lease yet");
        proxy.Send(client, request[^1..]);

        var received = proxy.Received(proxy.Upstreams.Single());
        Assert.That(HeadOf(received), Does.Contain($"\r\nContent-Length: {body.Length}\r\n").And.Not.Contain("Transfer-Encoding"));
        AssertSame(BodyOf(received), body);
        AssertAnswered(proxy, client);
    }

    [Test]
    public void Empty_chunked_body_becomes_a_length_of_zero()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, Request("chunked", string.Empty));

        Assert.That(proxy.Received(proxy.Upstreams.Single()), Does.Contain("\r\nContent-Length: 0\r\n").And.EndWith("\r\n\r\n"));
        AssertAnswered(proxy, client);
    }

    [Test]
    public void Trailers_are_kept_and_with_them_the_chunks()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n");
        proxy.Send(client, "0\r\nX-Sum: 7\r\nHost: b\r\nX-More: 1\r\n\r\n");

        var received = proxy.Received(proxy.Upstreams.Single());
        Assert.That(HeadOf(received), Does.Contain("\r\nTransfer-Encoding: chunked\r\n").And.Not.Contain("Content-Length"));
        Assert.That(BodyOf(received), Is.EqualTo("7\r\nabcdefg\r\n0\r\nX-Sum: 7\r\nX-More: 1\r\n\r\n"), "without the forbidden one");
        AssertAnswered(proxy, client);
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public void Requests_without_a_body_are_not_held(string head)
    {
        var proxy = NewProxy();

        var (_, upstream) = proxy.Begin(head);

        Assert.That(proxy.Received(upstream), Is.Not.Empty);
    }

    [Test]
    public void Without_the_option_a_body_is_streamed()
    {
        var proxy = NewProxy(served: new ApplicationOptions());

        var (_, upstream) = proxy.Begin("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");

        Assert.That(proxy.Received(upstream), Does.EndWith("ab"));
    }

    [Test]
    public void Client_that_asks_is_told_to_go_on_by_us_and_the_upstream_is_not_asked()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        Assert.That(proxy.Received(client), Is.EqualTo(Continue));
        Assert.That(proxy.Upstreams, Is.Empty);
        proxy.Send(client, "abc");

        Assert.That(proxy.Received(proxy.Upstreams.Single()), Does.Not.Contain("Expect").And.EndWith("\r\n\r\nabc"));
        AssertAnswered(proxy, client, Continue);
    }

    [Test]
    public void Old_client_is_not_told_to_go_on()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, "PUT / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");

        Assert.That(proxy.Received(client), Is.Empty);
    }

    [TestCase(false, 4 * Block)]
    [TestCase(true, (4 * Block) + MiB)]
    public void Known_length_past_the_bound_is_413_at_once(bool hasDisk, int bound)
    {
        var proxy = NewProxy(Small, hasDisk ? new ScriptedDisk() : null);
        var client = proxy.Connect();

        proxy.Send(client, $"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {bound + 1}\r\n\r\n");

        var answer = proxy.Received(client);
        Assert.That(answer, Does.StartWith("HTTP/1.1 413 Content Too Large\r\n").And.Contain("\r\nConnection: close\r\n"));
        Assert.That(answer, Does.Not.Contain("Retry-After"));
        Assert.That(proxy.Upstreams, Is.Empty);
        AssertNothingHeld(proxy);
    }

    [TestCase(false, 4 * Block)]
    [TestCase(true, (4 * Block) + MiB)]
    public void Body_as_large_as_the_bound_is_held_and_a_larger_one_in_chunks_is_413(bool hasDisk, int bound)
    {
        var disk = hasDisk ? new ScriptedDisk() : null;
        var proxy = NewProxy(Small, disk);
        var body = Body(bound);
        var client = proxy.Connect();

        proxy.Send(client, Request("length", body));
        AssertSame(BodyOf(proxy.Received(proxy.Upstreams.Single())), body);
        AssertAnswered(proxy, client);
        var other = proxy.Connect();
        proxy.Send(other, Request("chunked", body + "x"));

        Assert.That(proxy.Received(other), Does.StartWith("HTTP/1.1 413 ").And.Not.Contain("Retry-After"));
        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
        AssertNothingHeld(proxy);
        Assert.That(disk?.OpenFiles ?? 0, Is.Zero);
    }

    [Test]
    public void Body_past_the_bound_of_memory_goes_to_a_file_and_comes_back()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var body = Body(MiB);
        var client = proxy.Connect();
        var request = Request("chunked", body);

        proxy.Send(client, request[..^1]);
        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That(held.Memory, Is.LessThanOrEqualTo(6 * Block));
        Assert.That((held.Disk, held.Spills, disk.OpenFiles), Is.EqualTo(((long)MiB, 1L, 1)));
        proxy.Send(client, request[^1..]);

        AssertSame(BodyOf(proxy.Received(proxy.Upstreams.Single())), body);
        AssertAnswered(proxy, client);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Slow_disk_is_waited_for()
    {
        var disk = new ScriptedDisk { IsSlow = true };
        var proxy = NewProxy(Small, disk);
        var body = Body(MiB);
        var client = proxy.Connect();

        proxy.Send(client, Request("length", body));
        proxy.Pass(TimeSpan.FromMinutes(5));
        Assert.That(proxy.Received(client), Is.Empty);
        Assert.That(disk.Waiting, Is.EqualTo(1));
        disk.IsSlow = false;
        proxy.Loop.Run(disk.RunAll);

        AssertSame(BodyOf(proxy.Received(proxy.Upstreams.Single())), body);
        AssertAnswered(proxy, client);
    }

    [Test]
    public void Buffers_that_others_use_are_413_for_now()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 4 * Block });
        var first = proxy.Connect();
        proxy.Send(first, Request("length", Body(3 * Block))[..^1]);
        var second = proxy.Connect();
        proxy.Send(second, Request("length", Body(3 * Block)));

        Assert.That(proxy.Received(second), Does.StartWith("HTTP/1.1 413 ").And.Contain("\r\nRetry-After: 5\r\n"));
        Assert.That(proxy.Received(second), Does.Contain("\r\nConnection: close\r\n"));
        proxy.Send(first, "x");
        AssertAnswered(proxy, first);
    }

    [Test]
    public void Disk_that_others_use_is_413_for_now()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small with { DiskBytes = MiB }, disk);
        var first = proxy.Connect();
        proxy.Send(first, Request("length", Body(MiB))[..^1]);
        var second = proxy.Connect();
        proxy.Send(second, Request("length", Body(MiB)));

        Assert.That(proxy.Received(second), Does.StartWith("HTTP/1.1 413 ").And.Contain("\r\nRetry-After: 5\r\n"));
        Assert.That(proxy.Received(second), Does.Contain("\r\nConnection: close\r\n"));
        proxy.Send(first, "x");
        AssertAnswered(proxy, first);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Scarce_memory_sends_bodies_to_their_files_early()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 24 * Block }, disk);
        var requests = Enumerable.Range(0, 8).Select(_ => Request("length", Body(8 * Block))).ToList();
        var clients = requests.Select(_ => proxy.Connect()).ToList();

        for (var number = 0; number < clients.Count; number++)
        {
            proxy.Send(clients[number], requests[number][..^1]);
        }

        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That(held.Memory, Is.LessThanOrEqualTo(24 * Block));
        Assert.That(held.Spills, Is.GreaterThanOrEqualTo(4));
        foreach (var client in clients)
        {
            proxy.Send(client, "x");
            _ = proxy.Received(proxy.Upstreams[^1]);
            proxy.Send(proxy.Upstreams[^1], Ok);
            Assert.That(proxy.Received(client), Is.EqualTo(Ok));
        }

        AssertNothingHeld(proxy);
        Assert.That(disk.OpenFiles, Is.Zero);
    }

    [Test]
    public void Scarce_memory_without_a_file_left_is_used_as_long_as_there_is_some()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 12 * Block }, new ScriptedDisk { MaxFiles = 0 });
        var client = proxy.Connect();

        proxy.Send(client, Request("length", Body(8 * Block)));

        AssertAnswered(proxy, client);
    }

    [Test]
    public void Fault_of_ours_while_a_body_is_being_sent_frees_everything()
    {
        var disk = new ScriptedDisk();
        var proxy = new MemoryProxy(
            options => options with { Buffers = Small },
            capacityBytes: 16 * 1024,
            responseFilter: static (_, _) => new FailingFilter(bytesUntilFault: 1),
            served: new ApplicationOptions { BuffersRequests = true },
            disk: disk);
        var client = proxy.Connect();
        proxy.Send(client, Request("length", Body(MiB)));

        proxy.Send(proxy.Upstreams.Single(), Ok);

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Disk_that_hangs_while_a_body_is_being_sent_is_504()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var client = proxy.Connect();
        var request = Request("length", Body(MiB));
        proxy.Send(client, request[..^1]);
        disk.IsSlow = true;

        proxy.Send(client, "x");
        proxy.Pass(TimeSpan.FromSeconds(61));
        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 504 "));
        proxy.Loop.Run(disk.RunAll);
        proxy.Loop.Run(disk.RunAll);

        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Client_that_leaves_while_its_body_is_being_sent_cancels_the_request()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", Body(500_000)));

        proxy.Loop.Run(client.Close);

        Assert.That(proxy.Upstreams.Single().CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Full_disk_is_413_for_now()
    {
        var disk = new ScriptedDisk { FailsWrites = true };
        var proxy = NewProxy(Small, disk);
        var client = proxy.Connect();

        proxy.Send(client, Request("length", Body(MiB)));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 413 ").And.Contain("\r\nRetry-After: 5\r\n"));
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void File_that_cannot_be_read_is_500_and_no_complete_request()
    {
        var proxy = NewProxy(Small, new ScriptedDisk { FailsReads = true });
        var client = proxy.Connect();

        proxy.Send(client, Request("length", Body(MiB)));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 500 "));
        Assert.That(proxy.Upstreams.Single().CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Bad_chunks_are_400_before_the_upstream_is_contacted()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 "));
        Assert.That(proxy.Upstreams, Is.Empty);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Client_that_is_silent_gets_408()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();

        proxy.Send(client, Request("length", Body(1000))[..^1]);
        proxy.Pass(TimeSpan.FromSeconds(31));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 408 "));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Client_that_leaves_frees_memory_and_file([Values] bool resets, [Values] bool isSlowDisk)
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(Small, disk);
        var client = proxy.Connect();
        proxy.Send(client, Request("length", Body(MiB))[..600_000]);
        disk.IsSlow = isSlowDisk;
        proxy.Send(client, Body(100_000));

        proxy.Loop.Run(resets ? client.Abort : client.Close);
        proxy.Loop.Run(disk.RunAll);
        proxy.Loop.Run(disk.RunAll);

        Assert.That(proxy.Upstreams, Is.Empty);
        Assert.That(disk.OpenFiles, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Switch_while_a_body_is_held_sends_it_to_the_new_upstream()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc")[..^1]);
        var next = new Upstream(new IPEndPoint(IPAddress.Loopback, 2), "next", proxy.Clock);

        proxy.Slot.Switch(next);
        proxy.Send(client, "c");

        Assert.That(next.InFlight, Is.EqualTo(1));
        AssertAnswered(proxy, client);
    }

    [Test]
    public void Pause_while_a_body_is_held_waits_with_the_whole_body()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc")[..^1]);
        proxy.Served.Pause();
        proxy.Send(client, "c");
        Assert.That(proxy.Upstreams, Is.Empty);

        proxy.Served.Resume();
        proxy.Loop.RunUntilIdle();

        Assert.That(proxy.Received(proxy.Upstreams.Single()), Does.EndWith("\r\n\r\nabc"));
        AssertAnswered(proxy, client);
    }

    [Test]
    public void Without_an_upstream_the_answer_does_not_wait_for_the_body()
    {
        var proxy = NewProxy();
        proxy.Slot.Switch(null);
        var client = proxy.Connect();

        proxy.Send(client, "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 503 "));
    }

    [Test]
    public void End_of_the_process_ends_a_request_that_is_still_held()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc")[..^1]);

        proxy.Loop.Run(proxy.Context.Connections.EndWithoutUpstream);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 504 "));
        AssertNothingHeld(proxy);
    }

    [TestCase("PUT", true)]
    [TestCase("POST", false)]
    public void Body_that_was_sent_on_a_stale_connection_is_sent_again_if_the_method_allows(string method, bool isSentAgain)
    {
        var proxy = NewProxy(Small, new ScriptedDisk());
        var body = Body(700_000);
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc"));
        AssertAnswered(proxy, client);
        var stale = proxy.Upstreams.Single();

        proxy.Send(client, Request("length", body, method));
        _ = proxy.Received(stale);
        proxy.Loop.Run(stale.Close);

        Assert.That(proxy.Upstreams, Has.Count.EqualTo(isSentAgain ? 2 : 1));
        if (isSentAgain)
        {
            AssertSame(BodyOf(proxy.Received(proxy.Upstreams[1])), body);
            proxy.Send(proxy.Upstreams[1], Ok);
        }

        Assert.That(proxy.Received(client), Does.Contain(isSentAgain ? "\r\n\r\nhiHTTP/1.1 200 " : "\r\n\r\nhiHTTP/1.1 502 "));
        AssertNothingHeld(proxy);
    }

    [TestCase("chunked", "")]
    [TestCase("length", "")]
    [TestCase("chunked", "abc")]
    [TestCase("length", "abc")]
    public void Request_of_which_a_stale_connection_took_nothing_is_sent_again(string framing, string body)
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", "abc"));
        AssertAnswered(proxy, client);

        // The application closes its connection when the request is under way already.
        proxy.Loop.Run(() =>
        {
            _ = client.Output.WriteAsync(Encoding.Latin1.GetBytes(Request(framing, body))).AsTask();
            proxy.Upstreams[0].Abort();
        });

        Assert.That(proxy.Upstreams, Has.Count.EqualTo(2));
        AssertAnswered(proxy, client, before: Ok);
    }

    [Test]
    public void Early_answer_ends_the_sending_and_frees_everything()
    {
        var proxy = NewProxy();
        var client = proxy.Connect();
        proxy.Send(client, Request("length", Body(500_000)));

        proxy.Send(proxy.Upstreams.Single(), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 403 "));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Refused_connection_is_502_and_frees_everything()
    {
        var proxy = NewProxy();
        proxy.Loop.Connector = _ => new ConnectResult(null, SocketError.ConnectionRefused);
        var client = proxy.Connect();

        proxy.Send(client, Request("length", Body(100_000)));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 502 "));
        AssertNothingHeld(proxy);
    }

    [Test]
    public void Every_order_of_sending_reading_and_disk_gives_the_same_bytes([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        var disk = new ScriptedDisk { IsSlow = true };
        var proxy = NewProxy(Small with { ConnectionDiskBytes = 4 * MiB }, disk);
        var body = Body(random.Next(1, 3 * MiB));
        var request = Request(random.Next(2) == 0 ? "length" : "chunked", body, "PUT");
        var client = proxy.Connect();
        var sending = Task.CompletedTask;
        var received = new StringBuilder();
        for (var sent = 0; sent < request.Length || disk.Waiting > 0 || !sending.IsCompleted;)
        {
            switch (random.Next(3))
            {
                case 0 when sent < request.Length && sending.IsCompleted:
                    var length = Math.Min(random.Next(1, 200_000), request.Length - sent);
                    var bytes = Encoding.Latin1.GetBytes(request.Substring(sent, length));
                    proxy.Loop.Run(() => sending = client.Output.WriteAsync(bytes).AsTask());
                    sent += length;
                    break;
                case 1 when disk.Waiting > 0:
                    proxy.Loop.Run(disk.RunOne);
                    break;
                case 2 when proxy.Upstreams.Count > 0:
                    received.Append(proxy.ReadOnce(proxy.Upstreams[0]));
                    break;
            }

            proxy.Loop.RunUntilIdle();
        }

        disk.IsSlow = false;
        received.Append(proxy.ReceivedAsItIs(proxy.Upstreams.Single()));

        AssertSame(BodyOf(received.ToString()), body);
        AssertAnswered(proxy, client);
        Assert.That(disk.OpenFiles, Is.Zero);
    }
}
