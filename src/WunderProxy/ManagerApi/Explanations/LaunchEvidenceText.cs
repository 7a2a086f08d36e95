using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Writes the evidence of a failed launch.</summary>
internal static class LaunchEvidenceText
{
    /// <summary>Writes what there is; what is unknown is left out.</summary>
    public static void Write(StringWriter text, FailedLaunch launch)
    {
        ExplanationText.Row(text, "at", PlainText.Moment(launch.At));
        ExplanationText.Row(text, "asked for", launch.By.Length > 0 ? $"{launch.Kind} by {launch.By}" : launch.Kind);
        ExplanationText.Row(text, "revision", launch.Revision);
        ExplanationText.Row(text, "hash", launch.Hash);
        ExplanationText.Row(text, "code", launch.Code);
        ExplanationText.Row(text, "message", launch.Message);
        ExplanationText.Steps(text, launch.Steps);
        ExplanationText.Row(text, "image", launch.ImagePlatform.Length > 0 ? $"{launch.Image} ({launch.ImagePlatform})" : launch.Image);
        if (launch.ContainerPort > 0)
        {
            ExplanationText.Row(text, "health check", string.Create(CultureInfo.InvariantCulture, $"port {launch.ContainerPort}, {launch.HealthCheckPath}"));
        }

        if (launch.Details is { } details)
        {
            WriteDetails(text, details);
        }
    }

    private static void WriteDetails(StringWriter text, DeploymentErrorDetails details)
    {
        ExplanationText.Row(text, "exit code", details.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "");
        ExplanationText.Row(text, "memory", string.Join(", ", MemoryOf(details)));
        ExplanationText.Row(text, "listens on", details.ListeningAddresses switch
        {
            null => "",
            { Count: 0 } => "nothing",
            var addresses => string.Join(", ", addresses),
        });
        foreach (var probe in details.Probes ?? [])
        {
            var to = probe.Location is { } location ? $" to {location}" : "";
            ExplanationText.Row(text, "probe", $"{PlainText.Time(probe.At)} {probe.Result}{to} ({PlainText.Seconds(probe.Seconds)})");
        }

        if (details.Log is { Count: > 0 } log)
        {
            ExplanationText.Log(text, log);
        }
    }

    private static IEnumerable<string> MemoryOf(DeploymentErrorDetails details)
    {
        if (details.MemoryLimit is { } limit)
        {
            yield return $"limit {PlainText.Bytes(limit)}";
        }

        if (details.MemoryPeak is { } peak)
        {
            yield return $"used up to {PlainText.Bytes(peak)}";
        }
    }
}
