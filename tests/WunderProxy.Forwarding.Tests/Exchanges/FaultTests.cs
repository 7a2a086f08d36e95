using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>A fault of ours in one exchange costs that exchange, and nothing else.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FaultTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Test]
    public void Fault_while_connecting_is_answered_500_and_gives_the_lease_back()
    {
        var logger = new RecordingLogger();
        var proxy = new MemoryProxy(logger: logger);
        var connect = proxy.Loop.Connector;
        proxy.Loop.Connector = _ => throw new InvalidOperationException("made by the test");

        var client = proxy.Connect();
        proxy.Send(client, Get);
        proxy.Loop.Connector = connect;
        var (_, upstream) = proxy.Begin(Get);
        var errors = logger.Events.Where(entry => entry.Level >= LogLevel.Error).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 500 ").And.Contains("error=proxy_internal_error"));
            Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
            Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1), "that of the second client");
            Assert.That(proxy.Context.Limit.Open, Is.EqualTo(1));
            Assert.That(errors.Select(entry => entry.Exception?.Message), Is.EqualTo(new[] { "made by the test" }));
            Assert.That(proxy.Received(upstream), Does.StartWith("GET / "));
        });
    }

    [Test]
    public void Fault_with_an_upstream_connection_aborts_that_too()
    {
        var proxy = new MemoryProxy();
        var broken = new BrokenConnection(proxy.Loop);
        proxy.Loop.Connector = _ => new ConnectResult(broken, SocketError.Success);

        var client = proxy.Connect();
        proxy.Send(client, Get);

        Assert.Multiple(() =>
        {
            Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
            Assert.That(broken.CloseReason, Is.EqualTo(CloseReason.AbortedHere));
            Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        });
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")]
    public void Fault_in_a_filter_releases_it(string response)
    {
        var filter = new BrokenFilter();
        var proxy = new MemoryProxy(responseFilter: (_, _) => filter);
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, response);

        Assert.Multiple(() =>
        {
            Assert.That(filter.Releases, Is.EqualTo(1));
            Assert.That((client.CloseReason, upstream.CloseReason), Is.EqualTo((CloseReason.RemoteReset, CloseReason.RemoteReset)));
            Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
        });
    }

    [Test]
    public void Exchanges_beyond_what_a_loop_keeps_are_let_go()
    {
        var proxy = new MemoryProxy();
        var exchanges = Enumerable.Range(0, 2000).Select(_ => proxy.Exchanges.Rent()).ToList();

        exchanges.ForEach(proxy.Exchanges.Return);
        var again = Enumerable.Range(0, 2000).Select(_ => proxy.Exchanges.Rent()).ToHashSet();

        Assert.That(again.Intersect(exchanges).Count(), Is.EqualTo(1024));
        Assert.That(again, Has.Count.EqualTo(2000));
    }

    private sealed class BrokenFilter : BodyFilter
    {
        public int Releases { get; private set; }

        public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output) =>
            throw new InvalidOperationException("made by the test");

        public override void Flush(IBufferWriter<byte> output)
        {
        }

        public override void End(IBufferWriter<byte> output)
        {
        }

        public override void Release() => Releases++;
    }

    private sealed class BrokenConnection(TransportLoop loop) : TransportConnection
    {
        private CloseReason _reason;

        public override TransportLoop Loop => loop;

        public override PipeReader Input => throw new NotSupportedException();

        public override PipeWriter Output => throw new NotSupportedException();

        public override EndPoint? RemoteEndPoint => null;

        public override EndPoint? LocalEndPoint => null;

        public override CloseReason CloseReason => _reason;

        public override IConnectionWatcher? Watcher { get; set; }

        public override bool IsReusable => false;

        public override void FlushSoon() => throw new NotSupportedException();

        public override void ShutdownSend() => throw new NotSupportedException();

        public override void Close() => _reason = CloseReason.ClosedHere;

        public override void Abort() => _reason = CloseReason.AbortedHere;
    }
}
