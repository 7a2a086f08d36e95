using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>A forwarder on real sockets with one scripted upstream behind it.</summary>
/// <remarks>Keeps the connections that it makes: one that nobody refers to would be closed by the garbage collector.</remarks>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly ConcurrentBag<RawConnection> _connections = [];

    private ProxyUnderTest(ForwarderServer server, ProxyApplication served, ScriptedUpstream application, EndPoint endPoint)
    {
        Server = server;
        Served = served;
        Application = application;
        EndPoint = endPoint;
    }

    public ForwarderServer Server { get; }

    /// <summary>The application as the proxy knows it; what stands behind is <see cref="Application"/>.</summary>
    public ProxyApplication Served { get; }

    public UpstreamSlot Slot => Served.Slot;

    public ScriptedUpstream Application { get; }

    public EndPoint EndPoint { get; }

    public static ProxyUnderTest Start(
        TransportKind transport,
        Func<ForwarderOptions, ForwarderOptions>? configure = null,
        TimeProvider? clock = null,
        ILoggerFactory? loggers = null,
        ApplicationOptions? served = null,
        ListenerSet? listeners = null)
    {
        var application = ScriptedUpstream.Start();
        var slot = new UpstreamSlot();
        slot.Switch(new Upstream(application.EndPoint, "first", TimeProvider.System));
        var options = new ForwarderOptions
        {
            Transport = transport,
            Threads = 2,
        };
        options = configure?.Invoke(options) ?? options;
        clock ??= TimeProvider.System;
        var proxied = new ProxyApplication(served ?? new ApplicationOptions(), slot);
        var server = new ForwarderServer(options, new RouteTable(proxied), loggers ?? NullLoggerFactory.Instance, clock);
        if (listeners is not null)
        {
            server.Start(listeners.All);
            return new ProxyUnderTest(server, proxied, application, listeners.All[0].EndPoint);
        }

        listeners = ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0))]);
        var listener = listeners.All[0];
        listener.Tls = TestCertificates.Source(WiringOfAll(transport));
        server.Start(listeners.All);
        return new ProxyUnderTest(server, proxied, application, EntryOf(listener));
    }

    /// <summary>The scheme that the clients of every test use: https when <c>eng/tls.sh</c> runs the tests.</summary>
    public static string Scheme => WiringOfAll(TransportKind.Epoll) == Wiring.Plain ? "http" : "https";

    // With this variable, as eng/tls.sh sets it, the clients of every test reach the proxy over TLS of that wiring.
    private static Wiring WiringOfAll(TransportKind transport) =>
        !Enum.TryParse<Wiring>(Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_TLS"), ignoreCase: true, out var wiring)
            ? Wiring.Plain
            : wiring == Wiring.OpenSsl && transport == TransportKind.Sockets ? Wiring.Runtime
            : wiring;

    private static EndPoint EntryOf(Listener listener) =>
        listener.Tls is null ? listener.EndPoint : new TlsBridge(listener.EndPoint).EndPoint;

    /// <summary>A client; it reads answers without their Date.</summary>
    public async Task<RawConnection> ConnectAsync()
    {
        var client = await RawConnection.ConnectAsync(EndPoint);
        client.LeavesOutDate = true;
        return Keep(client);
    }

    /// <summary>Accepts the proxy's next connection to the application.</summary>
    public async Task<RawConnection> AcceptAsync() => Keep(await Application.AcceptAsync());

    /// <summary>Sends a request and has the upstream see its head, or the peer that it goes to.</summary>
    public async Task<(RawConnection Client, RawConnection Upstream, string Head)> BeginAsync(
        string request, ScriptedUpstream? peer = null)
    {
        var client = await ConnectAsync();
        await client.SendAsync(request);
        var upstream = Keep(await (peer ?? Application).AcceptAsync());
        return (client, upstream, await upstream.ReadHeadAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Application.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        await Server.DisposeAsync();
    }

    private RawConnection Keep(RawConnection connection)
    {
        _connections.Add(connection);
        return connection;
    }
}
