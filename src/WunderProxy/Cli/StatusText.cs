using System.Globalization;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary>Formats a status document for people on a terminal.</summary>
internal static class StatusText
{
    /// <summary>Returns a few lines, the most important first.</summary>
    public static string Write(string manager, StatusDocument status)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var name = status.App.Length == 0 ? manager : $"{status.App} at {manager}";
        WriteLine(text, $"{name}: {status.Status}");
        WriteUpstream(text, status);
        WriteTraffic(text, status);
        if (status.Operation is { } operation)
        {
            var step = operation.Progress?.Message ?? operation.State;
            WriteLine(text, $"  operation    {operation.Kind} {ShortId.Of(operation.Reference)}: {step}");
        }

        foreach (var drain in status.Draining)
        {
            WriteLine(text, $"  draining     {drain.Revision} ({ShortId.Of(drain.Hash)}): {drain.InFlight} in flight");
        }

        foreach (var line in TlsText.LinesOf(status))
        {
            WriteLine(text, line);
        }

        WriteFaults(text, status);
        return text.ToString().TrimEnd('\n');
    }

    private static void WriteLine(StringWriter text, string line) => text.WriteLine(TerminalText.Escape(line));

    private static void WriteUpstream(StringWriter text, StatusDocument status)
    {
        if (status.Upstream is not { } upstream)
        {
            WriteLine(text, "  upstream     none");
            return;
        }

        var what = upstream.Hash.Length == 0 ? "" : $"{upstream.Revision} ({ShortId.Of(upstream.Hash)}) ";
        var container = upstream.Container.Length == 0 ? "" : $", container {ShortId.Of(upstream.Container)}";
        WriteLine(text, $"  upstream     {what}at {upstream.Address}{container}, {upstream.Health}");
        if (upstream.HealthReason is { } reason)
        {
            WriteLine(text, $"  health       {reason}");
        }

        WriteLine(text, $"  since        {upstream.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
    }

    private static void WriteTraffic(StringWriter text, StatusDocument status)
    {
        var classes = string.Join(", ", status.StatusCodes.Classes.Select(pair => $"{pair.Key} {pair.Value}"));
        var times = status.ResponseTimes;
        WriteLine(text, $"  requests     {status.Requests} {(classes.Length == 0 ? "" : $"({classes})")}".TrimEnd());
        if (status.Applications is [{ Windows.Minute: { } minute }])
        {
            WriteLine(
                text,
                $"  last minute  {minute.RequestsPerSecond:0.0}/s, {minute.ErrorShare * 100:0.##} % errors, p99 {minute.ResponseTimes.P99 * 1000:0.#} ms");
        }

        WriteLine(text, $"  in flight    {status.InFlight}, waiting {status.Waiting}");
        WriteLine(text, $"  times        p50 {times.P50 * 1000:0.#} ms, p99 {times.P99 * 1000:0.#} ms");
        var states = status.States;
        WriteLine(text, $"  connections  {states.Active} active, {states.Idle} idle, {states.Upgraded} upgraded");
    }

    private static void WriteFaults(StringWriter text, StatusDocument status)
    {
        if (status.DockerState != "Ok")
        {
            WriteLine(text, $"  docker       {status.DockerState}");
        }

        if (status.StoreState != "Ok")
        {
            WriteLine(text, $"  store        {status.StoreState}");
        }

        foreach (var warning in status.Warnings)
        {
            WriteLine(text, $"  warning      {warning}");
        }
    }
}
