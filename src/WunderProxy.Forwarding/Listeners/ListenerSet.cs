namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// All listening sockets of the process. The set is bound as a whole, before any server starts; each server accepts on the
/// listeners of its kinds, and the set owns the descriptors until they are closed or handed over to a successor.
/// </summary>
public sealed class ListenerSet : IAsyncDisposable
{
    private ListenerSet(IReadOnlyList<Listener> listeners) => All = listeners;

    /// <summary>The listeners, in the order of the addresses asked for.</summary>
    public IReadOnlyList<Listener> All { get; }

    /// <summary>Listens on every address, on an inherited socket where one of the kind is bound to it.</summary>
    /// <param name="wanted">The addresses, in the order in which they are bound.</param>
    /// <param name="inherited">
    /// Sockets of a predecessor or the service manager, owned by the set from the call on. Those that no address asks for are
    /// closed, as are all of them when the call throws.
    /// </param>
    /// <exception cref="ListenException">The first address that could not be bound; none stays bound.</exception>
    /// <exception cref="ArgumentException">An inherited socket is not bound, or does not listen; no address stays bound.</exception>
    public static ListenerSet Bind(IEnumerable<ListenerOptions> wanted, IReadOnlyList<InheritedSocket>? inherited = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var spare = new InheritedSockets(inherited ?? []);
        var listeners = new List<Listener>();
        try
        {
            foreach (var options in wanted)
            {
                listeners.AddRange(spare.Take(options) ?? Open(options));
            }
        }
        catch
        {
            // Nothing accepts on them yet: each closes before its call returns.
            listeners.ForEach(listener => _ = listener.CloseAsync());
            throw;
        }
        finally
        {
            spare.Close();
        }

        return new ListenerSet(listeners);
    }

    /// <summary>The listening sockets of one kind.</summary>
    public IReadOnlyList<Listener> Of(ListenerKind kind) => [.. All.Where(listener => listener.Kind == kind)];

    /// <summary>
    /// Stops accepting on all listeners and closes their descriptors, once a successor has copies: see
    /// <see cref="Listener.HandOverAsync"/>.
    /// </summary>
    public Task HandOverAsync() => Task.WhenAll(All.Select(listener => listener.HandOverAsync()));

    /// <summary>Closes all listeners that are still open.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(listener => listener.CloseAsync()));

    private static IEnumerable<Listener> Open(ListenerOptions options) =>
        ListenGroups.Bind(options.EndPoint, options.UnixSocketMode)
            .Select(socket => new Listener(socket, options.Kind, ownsSocketFile: true));
}
