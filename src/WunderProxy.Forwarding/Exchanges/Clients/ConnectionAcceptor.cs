using System.Net;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// Serves an accepted connection on the loop that owns it, or refuses it if it is beyond the connection limit.
/// </summary>
/// <param name="contexts">The objects of each loop, by its index.</param>
/// <param name="limit">The limit of connections over all loops.</param>
/// <param name="isToRedirect">Whether the listener only redirects its clients to <c>https</c>.</param>
internal sealed class ConnectionAcceptor(
    LoopContext[] contexts, ConnectionLimit limit, bool isToRedirect = false)
    : IConnectionAcceptor
{
    // The text is that of nginx, which people search for.
    private static readonly byte[] PlainTextAnswer =
    [
        .. "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 47\r\nConnection: close\r\n\r\n"u8,
        .. "The plain HTTP request was sent to HTTPS port.\n"u8,
    ];

    // One for each loop.
    private readonly AcceptCounter[] _counters = [.. contexts.Select(_ => new AcceptCounter())];
    private readonly ExchangePool[] _exchanges = [.. contexts.Select(context => NewPool(context, isToRedirect))];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> AnswerToPlainText => PlainTextAnswer;

    /// <inheritdoc/>
    public bool ExpectsProxyHeader(EndPoint? remote) =>
        contexts[0].Settings.ExpectsProxyHeader(Http1Connection.AddressOf(remote));

    /// <inheritdoc/>
    public bool IsMakingRoom => limit.IsMakingRoom;

    /// <inheritdoc/>
    public bool IsDraining => contexts[0].Settings.IsDraining;

    /// <summary>Number of connections accepted since start, those refused included.</summary>
    public long Accepted => _counters.Sum(counter => counter.Accepted);

    /// <summary>Number of connections refused since start.</summary>
    public long Refused => _counters.Sum(counter => counter.Refused);

    /// <inheritdoc/>
    public bool TryReserve() => limit.TryEnter();

    /// <inheritdoc/>
    public void CancelReservation() => limit.Leave();

    /// <inheritdoc/>
    public void OnAccepted(TransportConnection connection)
    {
        var exchanges = _exchanges[connection.Loop.Index];
        var isWelcome = exchanges.Context.TryWelcome(Http1Connection.AddressOf(connection.RemoteEndPoint));
        _counters[connection.Loop.Index].Count(isWelcome);
        var client = new Http1Connection(exchanges, connection, isWelcome);
        exchanges.Context.Connections.Add(client);
        _ = client.RunAsync();
    }

    /// <summary>Returns the pool of HTTP/1 exchanges of a loop.</summary>
    internal ExchangePool ExchangesOf(TransportLoop loop) => _exchanges[loop.Index];

    private static ExchangePool NewPool(LoopContext context, bool isToRedirect) =>
        new(context, () => new Http1ClientStream(context.Loop, context.Settings, context.Clock, isToRedirect));
}
