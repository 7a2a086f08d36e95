using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>
/// The forwarder on one loop in memory, with a clock that is moved by hand: nothing happens but inside a call of the
/// test, so that every order of events can be had, and hours pass at once.
/// </summary>
internal sealed class MemoryProxy
{
    private readonly Dictionary<MemoryConnection, string> _received = [];

    public MemoryProxy(
        Func<ForwarderOptions, ForwarderOptions>? configure = null,
        ILogger? logger = null,
        int capacityBytes = 64 * 1024,
        Func<RequestHead, ResponseHead, BodyFilter?>? responseFilter = null,
        ApplicationOptions? served = null,
        ISpillDisk? disk = null,
        int? pipeBytes = null)
    {
        var options = (configure ?? (same => same))(new ForwarderOptions());
        CapacityBytes = capacityBytes;
        PipeBytes = pipeBytes;
        Slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "memory", Clock));
        Loop = new MemoryLoop(Clock);
        Loop.Connector = _ => new ConnectResult(OpenUpstream(), SocketError.Success);
        Served = new ProxyApplication(served ?? new ApplicationOptions(), Slot);
        var log = logger ?? NullLogger.Instance;
        AccessLog = options.AccessLog is { } sink ? new AccessLogWriter(sink, log, Clock) : null;
        var settings = new ForwarderSettings(options, new RouteTable(Served), Clock, AccessLog, log)
        {
            ResponseFilter = responseFilter,
            Buffers = options.Buffers is { } buffers ? new BufferStore(buffers, disk, log, Clock) : null,
        };
        var limit = new ConnectionLimit(options.MaxConnections, options.MaxRefusedConnections);
        Context = new LoopContext(Loop, settings, limit, new ExchangeLog(log, Clock));
        Acceptor = new ConnectionAcceptor([Context], Context.Limit);
    }

    public ManualTimeProvider Clock { get; } = new();

    public UpstreamSlot Slot { get; } = new();

    /// <summary>The application as the proxy knows it.</summary>
    public ProxyApplication Served { get; }

    public MemoryLoop Loop { get; }

    public LoopContext Context { get; }

    /// <summary>The exchanges that are used again.</summary>
    public ExchangePool Exchanges => Acceptor.ExchangesOf(Loop);

    /// <summary>The application's ends of the connections that were opened to it, in their order.</summary>
    public List<MemoryConnection> Upstreams { get; } = [];

    /// <summary>The writer of the access log; null without one.</summary>
    public AccessLogWriter? AccessLog { get; }

    private ConnectionAcceptor Acceptor { get; }

    private int CapacityBytes { get; }

    /// <summary>Size of a pipe inside the kernel, as bodies of responses pass through it; null if none do.</summary>
    private int? PipeBytes { get; }

    /// <summary>A new client, from an address when one is named; a slow one has less capacity than the application.</summary>
    public MemoryConnection Connect(EndPoint? from = null, int? capacityBytes = null)
    {
        var (near, far) = MemoryConnection.CreatePair(Loop, capacityBytes ?? CapacityBytes);
        far.RemoteAddress = from ?? far.RemoteAddress;
        Loop.Run(() => Accept(far));
        return near;
    }

    /// <summary>Accepts a connection as a listener does. On the loop.</summary>
    public void Accept(MemoryConnection connection)
    {
        if (Acceptor.TryReserve())
        {
            Acceptor.OnAccepted(connection);
        }
    }

    /// <summary>A client that has sent a request, and the application's end of the connection that it went to.</summary>
    public (MemoryConnection Client, MemoryConnection Upstream) Begin(string request)
    {
        var client = Connect();
        Send(client, request);
        return (client, Upstreams[^1]);
    }

    /// <summary>Has an end send; what does not fit waits there until the other end reads.</summary>
    public void Send(MemoryConnection end, string text) =>
        Loop.Run(() => _ = end.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask());

    /// <summary>All that has arrived at an end so far, without lines of Date; what comes while this reads as well.</summary>
    public string Received(MemoryConnection end) => RawConnection.WithoutDate(ReceivedAsItIs(end));

    /// <summary>The same with lines of Date.</summary>
    public string ReceivedAsItIs(MemoryConnection end)
    {
        var text = new StringBuilder(_received.GetValueOrDefault(end));
        for (var count = -1; count != text.Length;)
        {
            count = text.Length;
            Loop.Run(() => text.Append(Read(end)));
        }

        return _received[end] = text.ToString();
    }

    /// <summary>Reads once what has arrived at an end, as far as one read takes it.</summary>
    public string ReadOnce(MemoryConnection end)
    {
        var text = string.Empty;
        Loop.Run(() => text = Read(end));
        return text;
    }

    /// <summary>Lets time pass, in steps that no deadline is skipped by.</summary>
    public void Pass(TimeSpan time)
    {
        var step = TimeSpan.FromSeconds(1);
        for (; time > TimeSpan.Zero; time -= step)
        {
            Clock.Advance(time < step ? time : step);
            Loop.RunUntilIdle();
        }
    }

    /// <summary>Tells all that hold the upstream that their time is up, as a drain does at its deadline.</summary>
    public void EndLeases(Upstream upstream) => Loop.Run(() => upstream.PartOf(Loop).EndLeases(all: true));

    private static string Read(MemoryConnection end)
    {
        if (!end.Input.TryRead(out var read))
        {
            return string.Empty;
        }

        var text = Encoding.Latin1.GetString(read.Buffer.ToArray());
        end.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    private MemoryConnection OpenUpstream()
    {
        var (near, far) = MemoryConnection.CreatePair(Loop, CapacityBytes);
        near.RelayOpener = PipeBytes is { } bytes ? (source, client) => new MemoryRelay(source, client, bytes) : null;
        Upstreams.Add(far);
        return near;
    }
}
