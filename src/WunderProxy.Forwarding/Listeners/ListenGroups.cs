using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>Opens the listening sockets of an address, or of a group of addresses.</summary>
internal static class ListenGroups
{
    // A port that is free on one address of the group may be taken on another; then the next port is tried.
    private const int PortAttempts = 20;

    /// <summary>Binds and listens on every address.</summary>
    /// <param name="endPoint">
    /// An address as for <see cref="ListenSockets.Bind"/>, or an <see cref="EndPointGroup"/>.
    /// </param>
    /// <param name="unixMode">File mode of a unix socket; null leaves the mode to the umask.</param>
    /// <returns>
    /// One socket for each address. In a group, an address that this machine does not have, for example where IPv6 is
    /// off, is left out if another one can be listened on.
    /// </returns>
    /// <exception cref="ListenException">
    /// An address could not be bound; the exception names the first of them, and no socket stays open.
    /// </exception>
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
