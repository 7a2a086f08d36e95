using System.Net;

namespace WunderProxy.Configuration;

/// <summary>Where the manager API listens and who may change things through it.</summary>
internal sealed record ManagerApiOptions
{
    /// <summary>Where <c>run</c> listens without <c>--api</c>, as the older tool did.</summary>
    public static readonly EndPoint DefaultEndPoint = new IPEndPoint(IPAddress.Any, 8001);

    /// <summary>Addresses of the public listeners; none switches the API off.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>Bearer token for changing calls; null when none is configured.</summary>
    public string? Token { get; init; }

    /// <summary>File that holds the token, read again on SIGHUP; null when there is none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Callers that may change things without a token.</summary>
    public IReadOnlyList<IPNetwork> Open { get; init; } = [];
}
