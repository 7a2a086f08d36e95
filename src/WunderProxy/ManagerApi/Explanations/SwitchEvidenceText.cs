using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Writes the evidence of a switch.</summary>
internal static class SwitchEvidenceText
{
    /// <summary>Writes what there is; what is unknown is left out.</summary>
    public static void Write(StringWriter text, SwitchRecord done)
    {
        ExplanationText.Row(text, "at", PlainText.Moment(done.At));
        ExplanationText.Row(text, "asked for", done.By.Length > 0 ? $"{done.Kind} by {done.By}" : done.Kind);
        ExplanationText.Row(text, "to", $"{done.Revision} ({ShortId.Of(done.Hash)})");
        ExplanationText.Row(text, "from", done.FromRevision.Length > 0 ? $"{done.FromRevision} ({ShortId.Of(done.FromHash)})" : "nothing");
        ExplanationText.Steps(text, done.Steps);
        ExplanationText.Row(text, "before", NumbersOf(done.Before));
        ExplanationText.Row(text, "after", NumbersOf(done.After));
        if (done.Drain is { } drain)
        {
            var seconds = drain.Seconds is { } duration ? $" after {PlainText.Seconds(duration)}" : "";
            ExplanationText.Row(text, "drain", string.Create(
                CultureInfo.InvariantCulture, $"{drain.State}{seconds}, {drain.InFlight} in flight at the switch, {drain.CutOff} cut off"));
        }

        if (done.Guard is { } guard)
        {
            ExplanationText.Row(text, "guard", guard.Reason.Length > 0 ? $"{guard.State}: {guard.Reason}" : guard.State);
        }
    }

    /// <summary>Returns the numbers in words; empty if there are none.</summary>
    internal static string NumbersOf(TrafficSummary? traffic) => traffic is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"{traffic.Requests} requests, {traffic.ErrorShare:P2} 5xx ({traffic.GatewayErrors} of them 502 or 504 by the proxy), p50 {traffic.P50 * 1000:0.#} ms, p99 {traffic.P99 * 1000:0.#} ms");
}
