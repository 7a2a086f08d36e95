using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Whose a connection is, by the kernel's own tables.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RemoteUserTests
{
    private const byte Established = 1;

    [Test]
    public void Open_caller_is_found_and_has_an_inode()
    {
        using var pair = new Pair();

        var entry = SocketTable.Find(pair.CallerAddress, pair.OwnAddress);

        Assert.That(entry!.Value.State, Is.EqualTo(Established));
        Assert.That(entry.Value.Inode, Is.Not.Zero);
        Assert.That(pair.FindUser(), Is.EqualTo(entry.Value.UserId));
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void Mapped_address_is_the_one_it_maps(bool isCallerMapped, bool isListenerMapped)
    {
        using var pair = new Pair(isCallerMapped, isListenerMapped);

        Assert.That(pair.CallerAddress.Address.IsIPv4MappedToIPv6, Is.EqualTo(isCallerMapped));
        Assert.That(pair.FindUser(), Is.Not.Null);
    }

    [Test]
    public void Caller_that_has_ended_its_side_only_is_found()
    {
        using var pair = new Pair();

        pair.Caller.Shutdown(SocketShutdown.Send);

        Assert.That(pair.FindUser(), Is.Not.Null);
    }

    [Test]
    public void Caller_that_has_closed_is_nobody_although_the_kernel_lists_it_as_user_0()
    {
        using var pair = new Pair();

        pair.Caller.Send("POST /deploy"u8);
        pair.Caller.Dispose();

        Assert.That(SocketTable.Find(pair.CallerAddress, pair.OwnAddress)?.Inode ?? 0, Is.Zero);
        Assert.That(pair.FindUser(), Is.Null);
    }

    [Test]
    public void Caller_that_has_reset_is_nobody_although_another_socket_took_its_port()
    {
        // An address of its own: nobody else's connection takes the port meanwhile.
        using var pair = new Pair(caller: IPAddress.Parse("127.77.1.1"));
        var (address, descriptor) = (pair.CallerAddress, pair.OwnAddress);
        pair.Caller.Send("POST /deploy"u8);
        pair.Caller.LingerState = new LingerOption(enable: true, seconds: 0);
        pair.Caller.Dispose();

        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(address);
        other.Connect(pair.OwnAddress);

        Assert.That(SocketTable.Find(address, descriptor)!.Value.State, Is.EqualTo(Established));
        Assert.That(pair.FindUser(), Is.Null);
    }

    [Test]
    public void Listening_socket_is_no_caller()
    {
        using var pair = new Pair();

        Assert.That(SocketTable.Find(pair.OwnAddress, new IPEndPoint(IPAddress.Loopback, 1))?.State, Is.Not.EqualTo(Established));
        Assert.That(RemoteUser.Of((int)pair.Accepted.Handle, pair.OwnAddress, new IPEndPoint(IPAddress.Loopback, 1)), Is.Null);
    }

    [Test]
    public void Address_of_another_machine_has_no_user()
    {
        using var pair = new Pair();

        var user = RemoteUser.Of((int)pair.Accepted.Handle, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5), pair.OwnAddress);

        Assert.That(user, Is.Null);
    }

    private sealed class Pair : IDisposable
    {
        private readonly Socket _listener;

        public Pair(bool isCallerMapped = false, bool isListenerMapped = false, IPAddress? caller = null)
        {
            _listener = NewSocket(isListenerMapped);
            _listener.Bind(new IPEndPoint(isListenerMapped ? IPAddress.IPv6Any : IPAddress.Loopback, 0));
            _listener.Listen();
            Caller = NewSocket(isCallerMapped);
            if (caller is not null)
            {
                Caller.Bind(new IPEndPoint(caller, 0));
            }

            Caller.Connect(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndPoint!).Port);
            CallerAddress = (IPEndPoint)Caller.LocalEndPoint!;
            Accepted = _listener.Accept();
            OwnAddress = (IPEndPoint)Accepted.LocalEndPoint!;
        }

        public Socket Caller { get; }

        public Socket Accepted { get; }

        public IPEndPoint CallerAddress { get; }

        public IPEndPoint OwnAddress { get; }

        public uint? FindUser() => RemoteUser.Of((int)Accepted.Handle, CallerAddress, OwnAddress);

        public void Dispose()
        {
            Caller.Dispose();
            Accepted.Dispose();
            _listener.Dispose();
        }

        private static Socket NewSocket(bool isMapped) => isMapped
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    }
}
