using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Transport;

namespace WunderProxy.Forwarding.Tests.Listeners;

[UnsupportedOSPlatform("windows")]
internal sealed class ListenSocketsTests
{
    [Test]
    public void Bind_to_an_address_in_use_says_so()
    {
        using var first = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.That(
            () => ListenSockets.Bind(first.LocalEndPoint!),
            Throws.TypeOf<ListenException>()
                .With.Property(nameof(ListenException.Error)).EqualTo(SocketError.AddressAlreadyInUse)
                .And.Message.Contains("another process listens there"));
    }

    [Test]
    public void Bind_to_an_address_of_another_machine_says_so() =>
        Assert.That(
            () => ListenSockets.Bind(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 0)),
            Throws.TypeOf<ListenException>().With.Message.Contains("no such address"));

    [Test]
    [Platform("Linux")]
    public void Accepted_connection_keeps_little_that_its_client_has_not_read()
    {
        const int Tcp = 6, TcpNotSentLowAt = 25;
        using var listener = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var accepted = listener.Accept();
        Span<byte> value = stackalloc byte[sizeof(int)];

        accepted.GetRawSocketOption(Tcp, TcpNotSentLowAt, value);

        Assert.That(BitConverter.ToInt32(value), Is.EqualTo(256 * 1024));
    }

    [Test]
    public void Bind_to_all_of_IPv6_leaves_IPv4_to_others()
    {
        using var six = ListenSockets.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        var port = ((IPEndPoint)six.LocalEndPoint!).Port;

        using var four = ListenSockets.Bind(new IPEndPoint(IPAddress.Any, port));

        Assert.That(((IPEndPoint)four.LocalEndPoint!).Port, Is.EqualTo(port));
    }

    [Test]
    public void Bind_replaces_a_socket_file_that_nobody_answers_at()
    {
        var endPoint = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        LeaveSocketFileBehind(endPoint);

        using var second = ListenSockets.Bind(endPoint);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        Assert.That(() => client.Connect(endPoint), Throws.Nothing);
    }

    [Test]
    public void Bind_leaves_a_socket_alone_at_which_somebody_answers()
    {
        var endPoint = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        using var first = ListenSockets.Bind(endPoint);

        Assert.That(() => ListenSockets.Bind(endPoint), Throws.TypeOf<ListenException>());
    }

    [Test]
    public void Bind_leaves_a_file_alone_that_is_no_socket()
    {
        var path = Path.GetTempFileName();
        try
        {
            Assert.That(() => ListenSockets.Bind(new UnixDomainSocketEndPoint(path)), Throws.TypeOf<ListenException>());
            Assert.That(File.Exists(path), Is.True);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Unix_socket_has_the_mode_asked_for()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = TemporaryPaths.NewSocketPath();

        using var socket = ListenSockets.Bind(new UnixDomainSocketEndPoint(path), Mode);

        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(Mode));
    }

    private static void LeaveSocketFileBehind(UnixDomainSocketEndPoint endPoint)
    {
        // The runtime removes the file of a socket it has bound; one that was only moved there stays.
        var elsewhere = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(elsewhere);
        File.Move(elsewhere.ToString(), endPoint.ToString());
    }
}
