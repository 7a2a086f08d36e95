using System.Net;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The application runs, but listens where no traffic reaches it: on 127.0.0.1, on another port, or nowhere.</summary>
internal static class ListensElsewhere
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (launch.Code != LaunchFailure.Refused)
        {
            return null;
        }

        var listeners = (launch.Details?.ListeningAddresses ?? []).Select(text => IPEndPoint.TryParse(text, out var parsed) ? parsed : null)
            .OfType<IPEndPoint>().ToArray();
        var port = launch.ContainerPort;
        return launch.Details?.ListeningAddresses is null ? Unseen(port)
            : listeners.Length == 0 ? Nowhere(port)
            : Array.TrueForAll(listeners, listener => IPAddress.IsLoopback(listener.Address)) ? OnLoopback(listeners, port)
            : Array.Find(listeners, listener => listener.Port == port) is { } own && IPAddress.IsLoopback(own.Address) ? OnLoopback([own], port)
            : Elsewhere(listeners, port);
    }

    private static LikelyCause OnLoopback(IPEndPoint[] listeners, int port) => new(
        "loopback_only",
        $"The application listens on {Shown(listeners)} only, which nobody but the container itself reaches; traffic would go to port {port}.",
        "Let the application listen on 0.0.0.0 (often an option such as --host or --bind, or the variable HOST), and on the port in ContainerPort.")
    {
        PublicText = "The application listens on 127.0.0.1 only, which nobody but the container itself reaches.",
    };

    private static LikelyCause Elsewhere(IPEndPoint[] listeners, int port) => new(
        "other_port",
        $"The application listens on {Shown(listeners)}, and traffic would go to port {port}.",
        "Set ContainerPort in the launch config to the port of the application, or tell the application its port (often the variable PORT).")
    {
        PublicText = "The application listens on another port than the one that traffic would go to.",
    };

    private static LikelyCause Nowhere(int port) => new(
        "nothing_listens",
        $"The container runs, but nothing in it listened on port {port}, or on any other, until the launch was given up.",
        "Raise --launch-timeout if the application only starts slowly; else its log says what it waits for.")
    {
        PublicText = "The container runs, but nothing in it listened on a port until the launch was given up.",
    };

    private static LikelyCause Unseen(int port) => new(
        "nothing_listens",
        $"The container runs, but nothing answers at its port {port}; on which ports it listens cannot be seen from here.",
        "Check on which address and port the application listens: 0.0.0.0, and the port in ContainerPort.")
    {
        PublicText = "The container runs, but nothing answers at its port.",
    };

    private static string Shown(IEnumerable<IPEndPoint> listeners) => string.Join(", ", listeners.Select(listener => listener.ToString()).Distinct(StringComparer.Ordinal));
}
