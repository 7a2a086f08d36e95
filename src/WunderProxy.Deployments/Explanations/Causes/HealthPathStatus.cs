using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The health-check path answers with an error.</summary>
internal static class HealthPathStatus
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (launch.Status() is not { } status)
        {
            return null;
        }

        var (meaning, advice) = status switch
        {
            400 or 421 => ("the application refuses the request as such; many do so for a Host that they do not know",
                "Probes come with Host: localhost and a port: allow this host (Rails: config.hosts; Django: ALLOWED_HOSTS; ASP.NET: AllowedHosts)."),
            401 or 403 => ("the path needs a login", "Set HealthCheckPath to a path that needs none."),
            404 => ("the application does not know the path", "Correct HealthCheckPath in the launch config, or add the path to the application."),
            429 => ("the application limits how often it may be asked", "Except the health-check path from the limit."),
            503 => ("the application says that it is not ready, and did not become ready in time",
                "Raise --launch-timeout if it only starts slowly; else its log says what it waits for, such as a database."),
            >= 500 => ("the application fails", "Read the log lines below: the application has an error of its own, such as a database that does not answer."),
            _ => ("only 200 to 299 is healthy", "Set HealthCheckPath to a path that answers 200."),
        };
        var text = $"{launch.HealthCheckPath} is answered with {status}: {meaning}.";
        return new LikelyCause("health_status", text, advice) { PublicText = $"The health check is answered with {status}: {meaning}." };
    }
}
