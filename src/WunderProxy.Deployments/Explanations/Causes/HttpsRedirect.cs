using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The health-check path is redirected to https, although the probe says that its client used https.</summary>
internal static class HttpsRedirect
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (launch.Status() is not (301 or 302 or 303 or 307 or 308)
            || launch.Location() is not { } location
            || !location.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new LikelyCause(
            "https_redirect",
            $"The application answers {launch.HealthCheckPath} with {launch.Status()} to {location}: it sends plain requests to https. Probes and traffic reach it by plain "
            + "HTTP; X-Forwarded-Proto: https tells that the client used https, and the application does not believe it.",
            "Let the application believe X-Forwarded-Proto from the proxy (Rails: config.assume_ssl; ASP.NET: UseForwardedHeaders; Django: SECURE_PROXY_SSL_HEADER), or except the health-check path from the redirect.")
        {
            PublicText = $"The application answers the health check with {launch.Status()} to https: it sends plain requests to https, and does not believe X-Forwarded-Proto.",
        };
    }
}
