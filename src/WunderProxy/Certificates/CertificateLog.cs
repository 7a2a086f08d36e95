using Microsoft.Extensions.Logging;

namespace WunderProxy.Certificates;

/// <summary>Log messages about certificates in service, with event ids from 5150.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(5150, LogLevel.Warning, "The certificate that was ordered for {Host} cannot be used in handshakes: {Message}")]
    public static partial void CannotBeUsed(ILogger logger, string host, string message);
}
