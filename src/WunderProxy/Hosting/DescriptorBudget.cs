using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Hosting;

/// <summary>
/// Divides the limit of open files among the parts of the process. A client takes two descriptors, one for itself and
/// one for the upstream; what the process itself may need is subtracted first. A process at its limit cannot start a
/// thread, and the runtime then ends it.
/// </summary>
internal sealed record DescriptorBudget
{
    /// <summary>Limit up to which the files of loaded assemblies are closed: see <see cref="AssemblyFiles"/>.</summary>
    public const int ScarceLimit = 8192;

    /// <summary>Descriptors for one client that is served.</summary>
    private const int PerClient = 2;

    /// <summary>
    /// Descriptors for one call of the manager API: the caller's connection, and both ends of our front end's
    /// connection to the handlers in this process.
    /// </summary>
    private const int PerApiConnection = 3;

    private const int PerPipe = 2;

    // An epoll instance and an eventfd.
    private const int PerLoop = 2;

    // The runtime's pipes, standard streams and the like, counted in /proc/self/fd, and the lock of the state
    // directory.
    private const int Runtime = 25;

    // The listener of the handlers, and a second one while the handlers move to another port.
    private const int InnerListeners = 2;

    // Of the engine: the event stream, one call for each part that makes calls, pulls and logs; and the store's
    // connections.
    private const int Containers = 14;

    // Assemblies that are loaded late, each with two descriptors; where they are not closed, all assemblies.
    private const int AssembliesScarce = 16;
    private const int AssembliesAmple = 400;

    private const int MostApiConnections = 1000;
    private const int MostStatusConnections = 256;
    private const int MostRefused = 1024;
    private const int PipesPerThread = 96;
    private const int MostSpillFiles = 4096;

    private DescriptorBudget()
    {
    }

    /// <summary>The limit of open files, raised as far as possible.</summary>
    public required int Limit { get; init; }

    /// <summary>Descriptors that the process itself may need.</summary>
    public required int Own { get; init; }

    /// <summary>Most client connections that the proxy serves at a time, at least 1.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Most client connections that may at the same time receive the answer that there are too many.</summary>
    public required int RefusedConnections { get; init; }

    /// <summary>Most connections to the manager API over all its addresses; 0 without the API.</summary>
    public required int ApiConnections { get; init; }

    /// <summary>
    /// Most connections that may at the same time receive the answer that the API has too many; counted in addition to
    /// <see cref="ApiConnections"/>.
    /// </summary>
    public required int ApiRefusedConnections { get; init; }

    /// <summary>
    /// Most connections to the listener for load balancers over all its addresses; 0 without the listener.
    /// </summary>
    public required int StatusConnections { get; init; }

    /// <summary>
    /// Most connections that may at the same time receive the answer that the listener for load balancers has too many.
    /// </summary>
    public required int StatusRefusedConnections { get; init; }

    /// <summary>
    /// Most descriptors that strangers' connections to the inner ports of the manager API and of the listener for load
    /// balancers may take before the handlers move to another port.
    /// </summary>
    public required int InnerStrangers { get; init; }

    /// <summary>Most pipes for splicing, over all forwarding threads.</summary>
    public required int SplicePipes { get; init; }

    /// <summary>Most temporary files for slow clients; 0 if nothing is buffered.</summary>
    public required int SpillFiles { get; init; }

    /// <summary>Whether the limit is so low that the files of loaded assemblies have to be closed.</summary>
    public bool IsScarce => Limit <= ScarceLimit;

    /// <summary>
    /// Whether the limit does not allow a single client in addition to what the process itself may need.
    /// </summary>
    public bool IsTooSmall => Limit - Own < PerClient;

    /// <summary>
    /// A warning for the operator, for example about a lowered <c>--max-connections</c>; null if there is none.
    /// </summary>
    public string? Warning { get; private init; }

    /// <summary>Divides a limit of open files among the parts of the process.</summary>
    /// <param name="limit">The limit of open files in force.</param>
    /// <param name="proxy">The proxy's options.</param>
    /// <param name="proxyListeners">Number of addresses of the proxy.</param>
    /// <param name="apiListeners">Number of addresses of the manager API; 0 without the API.</param>
    /// <param name="runsContainers">Whether there are connections to an engine and a store.</param>
    /// <param name="statusListeners">
    /// Number of addresses of the listener for load balancers; 0 without the listener.
    /// </param>
    public static DescriptorBudget For(
        int limit, ForwarderOptions proxy, int proxyListeners, int apiListeners, bool runsContainers, int statusListeners = 0)
    {
        // What serves no client grows with the root of a small limit: 8 of 256, 16 of 1024, 32 of 4096; beyond that
        // with the limit itself.
        var root = (int)Math.Sqrt(limit);
        var share = Math.Max(root / 2, limit / 128);
        var api = apiListeners == 0 ? 0 : Math.Clamp(share, 4, MostApiConnections);
        var apiRefused = api == 0 ? 0 : Math.Max(4, api / 8);
        var status = statusListeners == 0 ? 0 : Math.Clamp(share / 2, 4, MostStatusConnections);
        var statusRefused = status == 0 ? 0 : Math.Max(4, status / 8);
        var strangers = StrangersOf(api) + StrangersOf(status);
        var refused = Math.Clamp(share, 4, MostRefused);
        var pipes = Math.Clamp(Math.Max(root / 4, limit / 256), 4, Math.Max(4, proxy.Threads * PipesPerThread));
        var files = proxy.Buffers is null ? 0 : Math.Clamp(Math.Max(root / 4, limit / 32), 4, MostSpillFiles);
        var reserve = Math.Clamp(root / 2, 8, 512);
        var loops = proxy.Threads + (api == 0 ? 0 : 1) + (status == 0 ? 0 : 1);
        var listeners = Listeners(proxyListeners) + (api == 0 ? 0 : Listeners(apiListeners) + InnerListeners)
            + (status == 0 ? 0 : Listeners(statusListeners) + InnerListeners);
        var own = Runtime + (loops * PerLoop) + listeners + (runsContainers ? Containers : 0)
            + (limit <= ScarceLimit ? AssembliesScarce : AssembliesAmple)
            + ((api + status) * PerApiConnection) + apiRefused + statusRefused + strangers + refused + (pipes * PerPipe) + files + reserve;
        return new DescriptorBudget
        {
            Limit = limit,
            Own = own,
            MaxConnections = Math.Max(1, (limit - own) / PerClient),
            RefusedConnections = refused,
            ApiConnections = api,
            ApiRefusedConnections = apiRefused,
            StatusConnections = status,
            StatusRefusedConnections = statusRefused,
            InnerStrangers = strangers,
            SplicePipes = pipes,
            SpillFiles = files,
        }.Judge(proxy.MaxConnections);
    }

    /// <summary>
    /// Returns the proxy's options with its part of the limit; a larger <c>--max-connections</c> is lowered.
    /// </summary>
    public ForwarderOptions Apply(ForwarderOptions proxy) => proxy with
    {
        MaxConnections = proxy.MaxConnections is 0 ? MaxConnections : Math.Min(proxy.MaxConnections, MaxConnections),
        MaxRefusedConnections = RefusedConnections,
        MaxSplicePipes = SplicePipes,
        Buffers = proxy.Buffers is { } buffers ? buffers with { MaxFiles = SpillFiles } : null,
    };

    /// <summary>Returns the manager API's options with its part of the limit.</summary>
    public ManagerApiOptions Apply(ManagerApiOptions api) => api with
    {
        MaxConnections = ApiConnections,
        MaxRefusedConnections = ApiRefusedConnections,
        InnerStrangers = StrangersOf(ApiConnections),
    };

    /// <summary>Returns the options of the listener for load balancers with its part of the limit.</summary>
    public StatusListenerOptions Apply(StatusListenerOptions status) => status with
    {
        MaxConnections = StatusConnections,
        MaxRefusedConnections = StatusRefusedConnections,
        InnerStrangers = StrangersOf(StatusConnections),
    };

    // An address may need one socket for each address family.
    private static int Listeners(int addresses) => addresses + 1;

    /// <summary>
    /// Returns how many descriptors strangers may take at a listener's inner port, given the listener's own
    /// connections.
    /// </summary>
    private static int StrangersOf(int connections) => connections / 2;

    private DescriptorBudget Judge(int wanted)
    {
        if (IsTooSmall)
        {
            return this with
            {
                Warning = $"the limit of {Limit} open files is too low: the process itself may need {Own}; "
                    + "raise it (ulimit -n, LimitNOFILE=, docker run --ulimit nofile=)",
            };
        }

        return wanted <= MaxConnections
            ? this
            : this with
            {
                Warning = $"--max-connections {wanted} is lowered to {MaxConnections}: of the {Limit} files that may be "
                    + $"open the process itself may need {Own}, and each client takes {PerClient}; "
                    + "raise the limit (ulimit -n, LimitNOFILE=, docker run --ulimit nofile=)",
            };
    }
}
