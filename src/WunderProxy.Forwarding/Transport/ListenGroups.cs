using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Opens the listening sockets of what may be several addresses.</summary>
internal static class ListenGroups
{
    // A port that is free for one address may be taken for another: then another is tried.
    private const int PortAttempts = 20;

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">As for <see cref="ListenSockets.Bind"/>, or an <see cref="EndPointGroup"/>.</param>
    /// <param name="unixMode">Mode of a unix socket's file; null leaves it to the umask.</param>
    /// <returns>
    /// A socket for each address. Of a group, an address that this machine does not have, as where IPv6 is off, is left
    /// out if another can be listened on.
    /// </returns>
    /// <exception cref="ListenException">The first address that could not be bound; nothing is left bound.</exception>
    public static IReadOnlyList<Socket> Bind(EndPoint endPoint, UnixFileMode? unixMode = null) =>
        endPoint is EndPointGroup group ? BindGroup(group) : [ListenSockets.Bind(endPoint, unixMode)];

    private static List<Socket> BindGroup(EndPointGroup group)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new List<Socket>();
            try
            {
                BindEach(group, sockets);
                return sockets;
            }
            catch (ListenException exception)
            {
                var isPortOurs = sockets.Count > 0 && group.Addresses[0].Port == 0;
                sockets.ForEach(socket => socket.Dispose());
                if (exception.Error != SocketError.AddressAlreadyInUse || !isPortOurs || attempt == PortAttempts)
                {
                    throw;
                }
            }
        }
    }

    private static void BindEach(EndPointGroup group, List<Socket> sockets)
    {
        ListenException? missing = null;
        foreach (var address in group.Addresses)
        {
            var port = sockets.Count == 0 ? address.Port : ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
            try
            {
                sockets.Add(ListenSockets.Bind(new IPEndPoint(address.Address, port)));
            }
            catch (ListenException exception) when (IsMissing(exception.Error))
            {
                missing ??= exception;
            }
        }

        if (sockets.Count == 0 && missing is not null)
        {
            throw missing;
        }
    }

    private static bool IsMissing(SocketError error) => error is SocketError.AddressFamilyNotSupported
        or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported
        or SocketError.ProtocolFamilyNotSupported;
}
