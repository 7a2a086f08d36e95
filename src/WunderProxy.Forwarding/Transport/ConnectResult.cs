using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>The outcome of an attempt to connect: a connection, or the error of the operating system.</summary>
/// <param name="Connection">The open connection, or null.</param>
/// <param name="Error">
/// <see cref="SocketError.Success"/> with a connection; <see cref="SocketError.TimedOut"/> when the time limit passed.
/// </param>
internal readonly record struct ConnectResult(TransportConnection? Connection, SocketError Error);
