using System.Net;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>Starts servers on listeners of their own.</summary>
internal static class BoundListeners
{
    /// <summary>Binds the addresses of the options and serves there; the server closes the listeners.</summary>
    /// <returns>The addresses, with real ports.</returns>
    public static IReadOnlyList<EndPoint> StartOn(this ManagerApiServer server, ManagerApiOptions options)
    {
        var listeners = ListenerSet.Bind(options.Listeners);
        server.Start(listeners.All);
        return listeners.EndPoints();
    }

    /// <summary>The addresses, with real ports.</summary>
    public static IReadOnlyList<EndPoint> EndPoints(this ListenerSet listeners) =>
        [.. listeners.All.Select(listener => listener.EndPoint)];
}
