using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Exchanges;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Listeners;

[Parallelizable]
internal sealed partial class ListenerSetTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Test]
    public async Task Listeners_stand_in_the_order_of_their_addresses_and_by_kind()
    {
        await using var set = ListenerSet.Bind(
        [
            new ListenerOptions(AnyPort, ListenerKind.Status),
            new ListenerOptions(AnyPort),
            new ListenerOptions(AnyPort, ListenerKind.Api),
            new ListenerOptions(AnyPort),
        ]);

        Assert.That(set.All.Select(listener => listener.Kind), Is.EqualTo(new[]
        {
            ListenerKind.Status, ListenerKind.Proxy, ListenerKind.Api, ListenerKind.Proxy,
        }));
        Assert.That(set.Of(ListenerKind.Proxy), Is.EqualTo(new[] { set.All[1], set.All[3] }));
        Assert.That(set.All.Select(listener => ((IPEndPoint)listener.EndPoint).Port), Is.Unique.And.No.Member(0));
    }

    [Test]
    public async Task Group_of_addresses_becomes_a_listener_for_each()
    {
        var group = new EndPointGroup("both", [AnyPort, new IPEndPoint(IPAddress.IPv6Loopback, 0)]);

        await using var set = ListenerSet.Bind([new ListenerOptions(group, ListenerKind.Api)]);

        Assert.That(set.Of(ListenerKind.Api), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Address_in_use_is_named_and_leaves_none_bound()
    {
        await using var taken = ListenerSet.Bind([new ListenerOptions(AnyPort)]);
        var path = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        var free = new IPEndPoint(IPAddress.Loopback, FreePort());

        var error = Assert.Throws<ListenException>(() => ListenerSet.Bind(
            [new ListenerOptions(free), new ListenerOptions(path), new ListenerOptions(taken.All[0].EndPoint)]));

        Assert.That(error!.EndPoint, Is.EqualTo(taken.All[0].EndPoint));
        Assert.That(error.Error, Is.EqualTo(SocketError.AddressAlreadyInUse));
        Assert.That(() => Connect(free), Throws.InstanceOf<SocketException>());
        Assert.That(File.Exists(path.ToString()), Is.False);
    }

    [Test]
    public async Task Close_refuses_clients_and_removes_the_file_of_a_unix_socket()
    {
        var path = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        await using var set = ListenerSet.Bind([new ListenerOptions(AnyPort), new ListenerOptions(path)]);
        var bound = set.All[0].EndPoint;
        Connect(bound).Dispose();
        Connect(path).Dispose();

        await Task.WhenAll(set.All.Select(listener => listener.CloseAsync()));

        Assert.That(() => Connect(bound), Throws.InstanceOf<SocketException>());
        Assert.That(File.Exists(path.ToString()), Is.False);
    }

    [Test]
    public async Task Mode_of_a_unix_socket_is_the_one_asked_for()
    {
        var path = TemporaryPaths.NewSocketPath();
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        await using var set = ListenerSet.Bind(
            [new ListenerOptions(new UnixDomainSocketEndPoint(path)) { UnixSocketMode = mode }]);

        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(mode));
    }

    [Test]
    public async Task Inherited_sockets_are_taken_by_address_and_kind_and_the_rest_is_closed()
    {
        var first = ListeningSocket();
        var spare = ListeningSocket();
        var (taken, left) = (first.LocalEndPoint!, spare.LocalEndPoint!);

        await using var set = ListenerSet.Bind(
            [new ListenerOptions(AnyPort), new ListenerOptions(taken, ListenerKind.Api)],
            [new InheritedSocket(first, ListenerKind.Api), new InheritedSocket(spare)]);

        Assert.That(set.Of(ListenerKind.Api)[0].Handle, Is.SameAs(first.SafeHandle));
        Assert.That(set.Of(ListenerKind.Proxy)[0].EndPoint, Is.Not.EqualTo(left));
        Assert.That(() => Connect(left), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public async Task Addresses_of_a_group_are_inherited_as_far_as_there_are_sockets()
    {
        var socket = ListeningSocket();
        var bound = (IPEndPoint)socket.LocalEndPoint!;
        var group = new EndPointGroup("both", [bound, new IPEndPoint(IPAddress.IPv6Loopback, bound.Port)]);

        await using var set = ListenerSet.Bind([new ListenerOptions(group)], [new InheritedSocket(socket)]);

        Assert.That(set.All.Select(listener => listener.EndPoint), Is.EqualTo(new[] { bound }));
    }

    [Test]
    public void Inherited_socket_of_another_kind_keeps_its_address()
    {
        var socket = ListeningSocket();

        var error = Assert.Throws<ListenException>(() => ListenerSet.Bind(
            [new ListenerOptions(socket.LocalEndPoint!)], [new InheritedSocket(socket, ListenerKind.Status)]));

        Assert.That(error!.Error, Is.EqualTo(SocketError.AddressAlreadyInUse));
        Assert.That(socket.SafeHandle.IsClosed, Is.True);
    }

    [Test]
    public void Inherited_socket_that_does_not_listen_is_refused_and_all_are_closed()
    {
        var listening = ListeningSocket();
        var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(AnyPort);

        Assert.That(
            () => ListenerSet.Bind([], [new InheritedSocket(listening), new InheritedSocket(bound)]),
            Throws.ArgumentException.With.Message.Contain("127.0.0.1").And.Message.Contain("does not listen"));
        Assert.That(listening.SafeHandle.IsClosed && bound.SafeHandle.IsClosed, Is.True);
    }

    [Test]
    public async Task Client_that_waits_at_a_hand_over_is_the_successor_s()
    {
        var path = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        await using var set = ListenerSet.Bind([new ListenerOptions(path)]);
        using var client = Connect(path);
        using var copy = CopyOf(set.All[0]);

        await set.HandOverAsync();
        await set.DisposeAsync();

        using var accepted = copy.Accept();
        using var later = Connect(path);
        Assert.That(set.All[0].Handle.IsClosed, Is.True);
        Assert.That(accepted.Connected && later.Connected, Is.True);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task File_of_an_inherited_unix_socket_is_removed_by_its_owner_alone(bool ownsFile)
    {
        var path = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        var before = ListenerSet.Bind([new ListenerOptions(path)]);
        var copy = CopyOf(before.All[0]);
        await before.HandOverAsync();
        await using var set = ListenerSet.Bind(
            [new ListenerOptions(path)], [new InheritedSocket(copy) { OwnsSocketFile = ownsFile }]);

        await set.DisposeAsync();

        Assert.That(File.Exists(path.ToString()), Is.EqualTo(!ownsFile));
    }

    [TestCase(TransportKind.Sockets)]
    [TestCase(TransportKind.Epoll)]
    public async Task Server_on_an_inherited_listener_serves_where_its_predecessor_did(TransportKind transport)
    {
        var set = ListenerSet.Bind([new ListenerOptions(AnyPort)]);
        await using var first = ProxyUnderTest.Start(transport, listeners: set);
        var (client, upstream, _) = await first.BeginAsync("GET /old HTTP/1.1\r\nHost: a\r\n\r\n");
        var inherited = new InheritedSocket(CopyOf(set.All[0]));

        await set.HandOverAsync();
        await using var second = ProxyUnderTest.Start(
            transport, listeners: ListenerSet.Bind([new ListenerOptions(set.All[0].EndPoint)], [inherited]));
        var (_, _, head) = await second.BeginAsync("GET /new HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(head, Does.StartWith("GET /new "));
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 200 "));
    }

    private static Socket ListeningSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(AnyPort);
        socket.Listen();
        return socket;
    }

    private static int FreePort()
    {
        using var socket = ListeningSocket();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Socket Connect(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        socket.Connect(endPoint);
        return socket;
    }

    /// <summary>What a successor gets: another descriptor of the same listening socket.</summary>
    private static Socket CopyOf(Listener listener) =>
        new(new SafeSocketHandle(Duplicate((int)listener.Handle.DangerousGetHandle()), ownsHandle: true));

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);
}
