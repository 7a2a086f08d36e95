using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The health-check path is redirected, to a page of login or the like.</summary>
internal static class OtherRedirect
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) => launch.Status() is not (>= 300 and < 400)
        ? null
        : new LikelyCause(
            "redirect",
            $"The application answers {launch.HealthCheckPath} with {launch.Status()}"
            + $"{(launch.Location() is { } location ? $" to {location}" : "")}; a health check follows no redirect and takes 200 to 299 only.",
            "Set HealthCheckPath to a path that answers 200 without login, or let the application answer this one so.")
        {
            PublicText = $"The application answers the health check with {launch.Status()}; only 200 to 299 is healthy, and redirects are not followed.",
        };
}
