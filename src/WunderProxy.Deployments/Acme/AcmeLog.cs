using Microsoft.Extensions.Logging;

namespace WunderProxy.Deployments.Acme;

/// <summary>Log messages about certificates, with event ids from 4100.</summary>
internal static partial class AcmeLog
{
    [LoggerMessage(4100, LogLevel.Information, "A certificate for {Host} is ordered from {Directory}")]
    public static partial void Ordering(ILogger logger, string host, Uri directory);

    [LoggerMessage(4101, LogLevel.Information, "The certificate for {Host} has been issued and is valid until {NotAfter:u}")]
    public static partial void Ordered(ILogger logger, string host, DateTimeOffset notAfter);

    [LoggerMessage(4102, LogLevel.Information, "The certificate for {Host}, valid until {NotAfter:u}, was taken over from another instance")]
    public static partial void Adopted(ILogger logger, string host, DateTimeOffset notAfter);

    [LoggerMessage(4103, LogLevel.Information, "The ACME server advises to renew the certificate for {Host}, which is due at {RenewAt:u}, and explains it at {Page}")]
    public static partial void Advised(ILogger logger, string host, DateTimeOffset renewAt, string page);
}
