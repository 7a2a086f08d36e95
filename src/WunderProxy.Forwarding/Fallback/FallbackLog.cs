using System.Net;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>Log messages about peers. A fault is logged once, not for each request.</summary>
internal static partial class FallbackLog
{
    [LoggerMessage(3101, LogLevel.Warning, "peer {Peer} cannot be reached")]
    public static partial void Unreachable(ILogger logger, EndPoint peer);

    [LoggerMessage(3102, LogLevel.Information, "peer {Peer} can be reached again")]
    public static partial void Reached(ILogger logger, EndPoint peer);

    [LoggerMessage(3103, LogLevel.Warning,
        "a fallback from {Sender} is not believed: {Verdict}; check that keys and clocks of the peers agree (logged once a minute)")]
    public static partial void NotBelieved(ILogger logger, IPAddress? sender, FallbackVerdict verdict);
}
