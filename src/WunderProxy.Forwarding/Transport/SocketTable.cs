using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.Epoll;

namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// Queries the kernel's table of TCP sockets in this network namespace over <c>NETLINK_SOCK_DIAG</c> (sock_diag(7)). No
/// privilege is needed, and no call blocks: the kernel answers within the request.
/// </summary>
public static unsafe class SocketTable
{
    /// <summary>Result of <see cref="NextDescriptor"/> when the process or the system has no descriptor left.</summary>
    public const int NoDescriptorLeft = -2;

    private const int AddressFamilyNetlink = 16;
    private const int SocketTypeRaw = 3;
    private const int NetlinkSockDiag = 4;
    private const int DontWait = 0x40;
    private const ushort SockDiagByFamily = 20;
    private const ushort FlagRequest = 1;
    private const ushort FlagDump = 0x300;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;
    private const byte FamilyV4 = 2;
    private const byte FamilyV6 = 10;
    private const byte ProtocolTcp = 6;
    private const uint NoCookie = uint.MaxValue;
    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 56;
    private const int EntryBytes = 72;

    // Bits of the socket states established, SYN received, both FIN waits and close wait.
    private const uint ConnectedStates = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 8);
    private const uint AllStates = uint.MaxValue;

    /// <summary>
    /// Finds the socket bound to <paramref name="local"/> and connected to <paramref name="remote"/>.
    /// </summary>
    /// <param name="local">The socket's own address; an IPv4 address mapped into IPv6 counts as IPv4.</param>
    /// <param name="remote">The address to which the socket is connected, of the same family.</param>
    /// <returns>
    /// The entry, or null if there is no such socket, or the kernel has no such table or refuses to show it.
    /// </returns>
    internal static SocketTableEntry? Find(IPEndPoint local, IPEndPoint remote)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        WriteRequest(request, FamilyOf(local.Address), FlagRequest, AllStates);
        WriteEndPoint(request[HeaderBytes..], local, portAt: 8, addressAt: 12);
        WriteEndPoint(request[HeaderBytes..], remote, portAt: 10, addressAt: 28);
        Span<byte> answer = stackalloc byte[1024];
        var descriptor = Open();
        var received = Ask(descriptor, request, answer);
        Close(descriptor);
        if (received < HeaderBytes + EntryBytes || TypeOf(answer) != SockDiagByFamily)
        {
            return null;
        }

        // The kernel may answer with a listening socket at that address, which is a different socket.
        var entry = answer[HeaderBytes..];
        return entry.Slice(4, 4).SequenceEqual(request.Slice(HeaderBytes + 8, 4))
            ? new SocketTableEntry(entry[1], ReadNative(entry[64..]), ReadNative(entry[68..]))
            : null;
    }

    /// <summary>
    /// Counts the connections of a listener of this process, on an IPv4 port, whose other ends belong to other
    /// processes.
    /// </summary>
    /// <param name="port">Port of the listener.</param>
    /// <param name="tolerated">
    /// Number of connections at the port up to which their owners are not examined, since that costs a look at each
    /// descriptor.
    /// </param>
    /// <returns>The count, 0 up to the tolerated number; negative if the system does not show its tables.</returns>
    public static int CountStrangers(int port, int tolerated)
    {
        var accepted = Dump(port, isRemotePort: false);
        if (accepted is null || accepted.Count <= tolerated)
        {
            return accepted is null ? -1 : 0;
        }

        var callers = Dump(port, isRemotePort: true);
        return callers is not null && OwnSockets.Count(callers) is { } own ? accepted.Count - own : -1;
    }

    /// <summary>
    /// Returns the lowest number that a new descriptor of this process would get. The number rises while many
    /// descriptors are open; asking costs two system calls.
    /// </summary>
    /// <returns>The number, <see cref="NoDescriptorLeft"/>, or -1 if the system has no such sockets.</returns>
    public static int NextDescriptor()
    {
        var descriptor = Open();
        if (descriptor < 0)
        {
            return OperatingSystem.IsLinux() && LinuxCalls.LastError is Errno.TooManyFiles or Errno.FileTableFull
                ? NoDescriptorLeft
                : -1;
        }

        Close(descriptor);
        return descriptor;
    }

    /// <summary>
    /// Lists the inodes of connected IPv4 sockets whose local or remote port is <paramref name="port"/>.
    /// </summary>
    private static List<uint>? Dump(int port, bool isRemotePort)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        WriteRequest(request, FamilyV4, FlagRequest | FlagDump, ConnectedStates);
        BinaryPrimitives.WriteUInt16BigEndian(request[(HeaderBytes + (isRemotePort ? 10 : 8))..], (ushort)port);
        var descriptor = Open();
        try
        {
            return ReadDump(descriptor, request) ?? ProcSocketTable.List(port, isRemotePort);
        }
        finally
        {
            Close(descriptor);
        }
    }

    private static List<uint>? ReadDump(int descriptor, ReadOnlySpan<byte> request)
    {
        var answer = new byte[32 * 1024];
        var inodes = new List<uint>();
        for (var received = Ask(descriptor, request, answer); received > 0; received = Receive(descriptor, answer))
        {
            if (!TryRead(answer.AsSpan(0, received), inodes, out var isDone))
            {
                return null;
            }

            if (isDone)
            {
                return inodes;
            }
        }

        return null;
    }

    private static bool TryRead(ReadOnlySpan<byte> messages, List<uint> inodes, out bool isDone)
    {
        isDone = false;
        while (messages.Length >= HeaderBytes)
        {
            var length = (int)ReadNative(messages);
            var type = TypeOf(messages);
            if (length < HeaderBytes || length > messages.Length || type == TypeError)
            {
                return false;
            }

            isDone |= type == TypeDone;
            if (type == SockDiagByFamily && length >= HeaderBytes + EntryBytes)
            {
                inodes.Add(ReadNative(messages[(HeaderBytes + 68)..]));
            }

            messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    private static int Open() => OperatingSystem.IsLinux()
        ? LinuxCalls.Socket(AddressFamilyNetlink, SocketTypeRaw | LinuxCalls.SockCloseOnExec, NetlinkSockDiag)
        : -1;

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = LinuxCalls.Close(descriptor);
        }
    }

    private static int Ask(int descriptor, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        if (descriptor < 0)
        {
            return -1;
        }

        fixed (byte* start = request)
        {
            var sent = LinuxCalls.Send(descriptor, start, (nuint)request.Length, flags: 0);
            return sent == request.Length ? Receive(descriptor, answer) : -1;
        }
    }

    private static int Receive(int descriptor, Span<byte> answer)
    {
        fixed (byte* start = answer)
        {
            return (int)LinuxCalls.Receive(descriptor, start, (nuint)answer.Length, DontWait);
        }
    }

    /// <summary>Writes struct nlmsghdr and struct inet_diag_req_v2 (linux/netlink.h, linux/inet_diag.h).</summary>
    private static void WriteRequest(Span<byte> request, byte family, ushort flags, uint states)
    {
        WriteNative(request, RequestBytes);
        BitConverter.TryWriteBytes(request[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(request[6..], flags);
        var body = request[HeaderBytes..];
        body[0] = family;
        body[1] = ProtocolTcp;
        WriteNative(body[4..], states);
        WriteNative(body[48..], NoCookie);
        WriteNative(body[52..], NoCookie);
    }

    private static void WriteEndPoint(Span<byte> body, IPEndPoint endPoint, int portAt, int addressAt)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body[portAt..], (ushort)endPoint.Port);
        Plain(endPoint.Address).TryWriteBytes(body[addressAt..], out _);
    }

    private static byte FamilyOf(IPAddress address) =>
        Plain(address).AddressFamily == AddressFamily.InterNetworkV6 ? FamilyV6 : FamilyV4;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static ushort TypeOf(ReadOnlySpan<byte> message) => BitConverter.ToUInt16(message[4..]);

    private static uint ReadNative(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt32(bytes);

    private static void WriteNative(Span<byte> bytes, uint value) => BitConverter.TryWriteBytes(bytes, value);
}
