using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Writes the evidence about the errors of the last ten minutes.</summary>
internal static class ErrorsEvidenceText
{
    /// <summary>Writes what there is; what is unknown is left out.</summary>
    public static void Write(StringWriter text, ErrorsView errors)
    {
        ExplanationText.Row(text, "since", PlainText.Moment(errors.Since));
        ExplanationText.Row(text, "requests", string.Create(
            CultureInfo.InvariantCulture,
            $"{errors.Requests}, {errors.ServerErrors} with 5xx ({errors.GatewayErrors} of them 502 or 504 by the proxy)"));
        ExplanationText.Row(text, "besides", string.Create(
            CultureInfo.InvariantCulture,
            $"{errors.ConnectsFailed} connects failed, {errors.Retries} requests were sent again, {errors.Fallbacks} went to a peer"));
        foreach (var group in errors.Groups)
        {
            var of = group.Revision.Length > 0 ? $" of {group.Revision}" : "";
            ExplanationText.Row(text, "failed", string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Count} x {group.Cause}{of}, in {group.Phase}, status {group.Status}, by the {group.Side}, {PlainText.Minutes(group.First, group.Last)}"));
        }

        foreach (var incident in errors.Incidents)
        {
            ExplanationText.Row(text, "happened", Describe(incident));
        }

        WriteCircuits(text, errors.Circuits);
        if (errors.Container is { } container)
        {
            WriteContainer(text, container);
        }
    }

    private static string Describe(Incident incident)
    {
        var code = incident.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $", exit code {exit}") : "";
        var detail = incident.Detail.Length == 0 ? "" : incident.What == "switch" ? $" from {incident.Detail}" : $": {incident.Detail}";
        var by = incident.By.Length > 0 ? $" by {incident.By}" : "";
        return $"{PlainText.Time(incident.At)} {incident.What} {incident.Revision}{detail}{code}{by}";
    }

    private static void WriteCircuits(StringWriter text, CircuitsView? circuits)
    {
        foreach (var (name, circuit) in new[] { ("engine", circuits?.Docker), ("store", circuits?.Store) })
        {
            if (circuit is { State: not "closed" })
            {
                ExplanationText.Row(text, name, $"does not answer since {PlainText.Moment(circuit.Since)}");
            }
        }
    }

    private static void WriteContainer(StringWriter text, ContainerReport container)
    {
        if (container.IsRunning is { } isRunning)
        {
            var code = container.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $" (exit code {exit})") : "";
            var memory = container.IsOutOfMemory == true ? ", it was killed for its memory" : "";
            ExplanationText.Row(text, "container", string.Create(
                CultureInfo.InvariantCulture,
                $"{ShortId.Of(container.Container)} {(isRunning ? "runs" : "does not run")}{code}{memory}, started {container.StartedAt}, restarted {container.Restarts} times"));
        }

        if (container.Log is { Count: > 0 } log)
        {
            ExplanationText.Log(text, log);
        }
    }
}
