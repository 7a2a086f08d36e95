using WunderProxy.Forwarding.Exchanges.Clients;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The reusable exchanges of one loop, each with a stream of one kind for its whole life. No locks.</summary>
/// <param name="context">Everything that the loop has of its own.</param>
/// <param name="newStream">Creates a stream of the kind.</param>
internal sealed class ExchangePool(LoopContext context, Func<ClientStream> newStream)
{
    private const int MaxKeptExchanges = 1024;

    private readonly Stack<Exchange> _kept = new();

    /// <summary>Everything that the loop has of its own.</summary>
    public LoopContext Context => context;

    /// <summary>Takes an exchange out, with a stream on which nothing has begun.</summary>
    public Exchange Rent() =>
        _kept.TryPop(out var exchange) ? exchange : new Exchange(newStream(), context.Loop, context.Settings);

    /// <summary>Resets an exchange that has ended and keeps it for another request, up to 1,024 of them.</summary>
    public void Return(Exchange exchange)
    {
        exchange.Reset();
        if (_kept.Count < MaxKeptExchanges)
        {
            _kept.Push(exchange);
        }
        else
        {
            exchange.Client.Retire();
        }
    }
}
