using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Hosting;

/// <summary>
/// Shares the limit of open files out over the whole process. A client takes two descriptors, its own and one to the
/// upstream; what the process itself may need comes off first. A process that runs into the limit cannot start a
/// thread any more, and the runtime ends it then.
/// </summary>
internal sealed record DescriptorBudget
{
    /// <summary>Up to this limit the files of loaded assemblies are closed: <see cref="AssemblyFiles"/>.</summary>
    public const int ScarceLimit = 8192;

    /// <summary>Descriptors of one client that is served.</summary>
    private const int PerClient = 2;

    /// <summary>
    /// Descriptors of one call of the manager API: the caller, our front end's connection to the handlers, and its
    /// other end in this same process.
    /// </summary>
    private const int PerApiConnection = 3;

    private const int PerPipe = 2;

    // An epoll instance and an eventfd.
    private const int PerLoop = 2;

    // Pipes, standard streams and the like of the runtime, counted in /proc/self/fd; the lock of the state directory.
    private const int Runtime = 25;

    // The listener of the handlers, and a second one while it moves to another port.
    private const int InnerListeners = 2;

    // The engine's event stream, a call at a time for each part that makes some, pulls and logs; then the store's.
    private const int Containers = 14;

    // Assemblies that are loaded late, each by two descriptors. Where they are not closed, those of all.
    private const int AssembliesScarce = 16;
    private const int AssembliesAmple = 400;

    private const int MostApiConnections = 1000;
    private const int MostStatusConnections = 256;
    private const int MostRefused = 1024;
    private const int PipesPerThread = 96;

    private DescriptorBudget()
    {
    }

    /// <summary>The limit of open files, raised as far as it goes.</summary>
    public required int Limit { get; init; }

    /// <summary>Descriptors that the process itself may need.</summary>
    public required int Own { get; init; }

    /// <summary>Most client connections that the proxy serves at a time, at least 1.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Most client connections at a time that are being told that they are too many.</summary>
    public required int RefusedConnections { get; init; }

    /// <summary>Most connections to the manager API, over all its addresses; 0 without it.</summary>
    public required int ApiConnections { get; init; }

    /// <summary>
    /// Most connections at a time that are being told that the API has too many; they are not among
    /// <see cref="ApiConnections"/>.
    /// </summary>
    public required int ApiRefusedConnections { get; init; }

    /// <summary>Most connections to the listener for load balancers, over all its addresses; 0 without it.</summary>
    public required int StatusConnections { get; init; }

    /// <summary>Most connections at a time that are being told that the listener for load balancers has too many.</summary>
    public required int StatusRefusedConnections { get; init; }

    /// <summary>
    /// Descriptors for connections of strangers to the inner ports of the manager API and of the listener for load balancers,
    /// until the handlers move.
    /// </summary>
    public required int InnerStrangers { get; init; }

    /// <summary>Most pipes for splicing, over all forwarding threads.</summary>
    public required int SplicePipes { get; init; }

    /// <summary>Whether the limit is so low that the runtime's own files have to give way.</summary>
    public bool IsScarce => Limit <= ScarceLimit;

    /// <summary>Whether not even one client can be served beside what the process itself may need.</summary>
    public bool IsTooSmall => Limit - Own < PerClient;

    /// <summary>What an operator should know about a <c>--max-connections</c> that was lowered; null for nothing.</summary>
    public string? Warning { get; private init; }

    /// <summary>Shares out a limit.</summary>
    /// <param name="limit">The limit of open files that holds.</param>
    /// <param name="proxy">What the proxy was asked for.</param>
    /// <param name="apiListeners">Addresses of the manager API; 0 for none.</param>
    /// <param name="runsContainers">Whether there are connections to an engine and a store.</param>
    /// <param name="statusListeners">Addresses of the listener for load balancers; 0 for none.</param>
    public static DescriptorBudget For(
        int limit, ForwarderOptions proxy, int apiListeners, bool runsContainers, int statusListeners = 0)
    {
        // What serves no client grows with the root of a small limit: 8 of 256, 16 of 1024, 32 of 4096; then with the
        // limit itself.
        var root = (int)Math.Sqrt(limit);
        var share = Math.Max(root / 2, limit / 128);
        var api = apiListeners == 0 ? 0 : Math.Clamp(share, 4, MostApiConnections);
        var apiRefused = api == 0 ? 0 : Math.Max(4, api / 8);
        var status = statusListeners == 0 ? 0 : Math.Clamp(share / 2, 4, MostStatusConnections);
        var statusRefused = status == 0 ? 0 : Math.Max(4, status / 8);
        var strangers = StrangersOf(api) + StrangersOf(status);
        var refused = Math.Clamp(share, 4, MostRefused);
        var pipes = Math.Clamp(Math.Max(root / 4, limit / 256), 4, Math.Max(4, proxy.Threads * PipesPerThread));
        var reserve = Math.Clamp(root / 2, 8, 512);
        var loops = proxy.Threads + (api == 0 ? 0 : 1) + (status == 0 ? 0 : 1);
        var listeners = Listeners(proxy.EndPoints.Count) + (api == 0 ? 0 : Listeners(apiListeners) + InnerListeners)
            + (status == 0 ? 0 : Listeners(statusListeners) + InnerListeners);
        var own = Runtime + (loops * PerLoop) + listeners + (runsContainers ? Containers : 0)
            + (limit <= ScarceLimit ? AssembliesScarce : AssembliesAmple)
            + ((api + status) * PerApiConnection) + apiRefused + statusRefused + strangers + refused + (pipes * PerPipe) + reserve;
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
        }.Judge(proxy.MaxConnections);
    }

    /// <summary>Gives the proxy its part; a larger <c>--max-connections</c> is lowered.</summary>
    public ForwarderOptions Apply(ForwarderOptions proxy) => proxy with
    {
        MaxConnections = proxy.MaxConnections is 0 ? MaxConnections : Math.Min(proxy.MaxConnections, MaxConnections),
        MaxRefusedConnections = RefusedConnections,
        MaxSplicePipes = SplicePipes,
    };

    /// <summary>Gives the manager API its part.</summary>
    public ManagerApiOptions Apply(ManagerApiOptions api) => api with
    {
        MaxConnections = ApiConnections,
        MaxRefusedConnections = ApiRefusedConnections,
        InnerStrangers = StrangersOf(ApiConnections),
    };

    /// <summary>Gives the listener for load balancers its part.</summary>
    public StatusListenerOptions Apply(StatusListenerOptions status) => status with
    {
        MaxConnections = StatusConnections,
        MaxRefusedConnections = StatusRefusedConnections,
        InnerStrangers = StrangersOf(StatusConnections),
    };

    // An address may be one socket for each family.
    private static int Listeners(int addresses) => addresses + 1;

    /// <summary>What strangers at a listener's inner port may take, by the listener's own connections.</summary>
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
