using System.Globalization;
using System.Net;

namespace WunderProxy.Deployments.Launching;

/// <summary>Describes where a container listens, and what keeps traffic from reaching it.</summary>
internal static class ListeningHint
{
    /// <summary>Returns the end of a sentence about a failed launch.</summary>
    /// <param name="listeners">Addresses and ports on which the container listens.</param>
    /// <param name="port">TCP port inside the container to which traffic would go.</param>
    public static string Of(IReadOnlyList<IPEndPoint> listeners, int port)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"; traffic would go to port {port}, it listens on {Shown(listeners)}");
        var there = listeners.Where(listener => listener.Port == port).ToArray();
        var considered = there.Length > 0 ? there : [.. listeners];
        if (considered.Length == 0 || considered.Any(listener => !IPAddress.IsLoopback(listener.Address)))
        {
            return text;
        }

        var wrong = there.Length > 0
            ? "let it listen on 0.0.0.0"
            : string.Create(CultureInfo.InvariantCulture, $"let it listen on 0.0.0.0, and on port {port} or the one in ContainerPort");
        return $"{text}; only the container itself reaches {Shown(considered)}: {wrong}";
    }

    /// <summary>Returns an address with its port, or the port alone if it is open on every address.</summary>
    public static string Show(IPEndPoint listener) =>
        listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any)
            ? listener.Port.ToString(CultureInfo.InvariantCulture)
            : listener.ToString();

    private static string Shown(IReadOnlyList<IPEndPoint> listeners) =>
        listeners.Count == 0 ? "none" : string.Join(", ", listeners.Select(Show).Distinct(StringComparer.Ordinal));
}
