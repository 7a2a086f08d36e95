using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The port takes connections, but what comes is no answer in HTTP.</summary>
internal static class Unanswered
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) => launch.Code switch
    {
        LaunchFailure.Timeout => Of(
            "never_answers",
            launch,
            "takes connections and does not answer in time",
            "Look what the application waits for, such as a database; raise --health-timeout and --launch-timeout if the first answer only takes long."),
        LaunchFailure.Closed => Of(
            "closes_connection",
            launch,
            "closes connections without an answer",
            "An application that expects TLS or a PROXY header does so: it must take plain HTTP. Else its log says why."),
        LaunchFailure.BadResponse => Of(
            "not_http",
            launch,
            "answers, but not in HTTP",
            "The port is that of another protocol, or of TLS: set ContainerPort to the port that takes plain HTTP."),
        _ => null,
    };

    private static LikelyCause Of(string code, FailedLaunch launch, string what, string advice) =>
        new(code, $"Port {launch.ContainerPort} of the container {what}.", advice) { PublicText = $"The container's port {what}." };
}
