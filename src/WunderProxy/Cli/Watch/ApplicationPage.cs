using System.Globalization;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Traffic;

namespace WunderProxy.Cli.Watch;

/// <summary>Writes what a manager tells of one application, the most important first.</summary>
internal static class ApplicationPage
{
    private const int NameWidth = 13;
    private const double WorthALook = 0.01;

    /// <summary>Returns the page of an application.</summary>
    /// <param name="manager">The manager as the caller named it.</param>
    /// <param name="status">What the manager answered.</param>
    /// <param name="application">The application in it.</param>
    public static WatchPage Of(string manager, StatusDocument status, ApplicationView application) => new(
        application.App.Length == 0 ? manager : $"{application.App} at {manager}",
        [
            .. StateOf(application),
            new ScreenLine(),
            .. SecondsOf(application),
            .. WindowsOf(application.Windows),
            .. RevisionsOf(application),
            .. WorkOf(application),
            .. ServerOf(status),
        ]);

    private static IEnumerable<ScreenLine> StateOf(ApplicationView application)
    {
        var tone = application.Status switch
        {
            "serving" => Tone.Good,
            "unavailable" => Tone.Bad,
            _ => Tone.Warning,
        };
        yield return Named("state").Add(application.Status, tone);
        if (application.Upstream is not { } upstream)
        {
            yield return Named("upstream").Add("none", Tone.Bad);
            yield break;
        }

        var what = upstream.Hash.Length == 0 ? string.Empty : $"{ShortName.Of(upstream.Revision)} ({ShortId.Of(upstream.Hash)}) ";
        yield return Named("upstream").Add(what, Tone.Strong)
            .Add($"at {upstream.Address}, since {upstream.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        yield return Named("health")
            .Add(upstream.Health, upstream.Health switch { "healthy" => Tone.Good, "unhealthy" => Tone.Bad, _ => Tone.Plain })
            .Add(upstream.HealthReason is { } reason ? $": {reason}" : string.Empty);
    }

    private static IEnumerable<ScreenLine> SecondsOf(ApplicationView application)
    {
        if (application is not { Seconds: { } seconds, Windows.Minute: { } minute })
        {
            yield break;
        }

        yield return Chart("requests", seconds.Requests.Select(count => (double)count), Rate(minute.RequestsPerSecond));
        yield return Chart(
            "errors", seconds.Errors.Select(count => (double)count), Share(minute.ErrorShare), ToneOf(minute.ErrorShare));
        yield return Chart("p50", seconds.P50, Time(minute.ResponseTimes.P50));
        yield return Chart("p99", seconds.P99, Time(minute.ResponseTimes.P99));
        yield return Chart(
            "in flight",
            seconds.InFlight.Select(count => (double)count),
            Number(seconds.InFlight is [.., var now] ? now : 0) + (application.Waiting > 0 ? $", {application.Waiting} waiting" : string.Empty));
    }

    private static IEnumerable<ScreenLine> WindowsOf(WindowsView? windows)
    {
        if (windows is null)
        {
            yield break;
        }

        yield return new ScreenLine();
        yield return Row("", "requests", "rate", "errors", "p50", "p99", "gateway", "cut off", Tone.Quiet);
        yield return Row("1 min", windows.Minute);
        yield return Row("5 min", windows.FiveMinutes);
        yield return Row("1 h", windows.Hour);
        yield return Row("24 h", windows.Day);
    }

    private static IEnumerable<ScreenLine> RevisionsOf(ApplicationView application)
    {
        // One revision is what stands above.
        if (application.Revisions.Count < 2)
        {
            yield break;
        }

        yield return new ScreenLine();
        yield return Row("last 5 min", "requests", "rate", "errors", "p50", "p99", "gateway", "cut off", Tone.Quiet);
        foreach (var revision in application.Revisions)
        {
            yield return Row(revision.State, revision.Windows.FiveMinutes)
                .Add($"  {ShortName.Of(revision.Revision)} ({ShortId.Of(revision.Hash)}), {Number(revision.InFlight)} in flight");
        }
    }

    private static IEnumerable<ScreenLine> WorkOf(ApplicationView application)
    {
        if (application.Operation is { } operation)
        {
            yield return Named("operation")
                .Add($"{operation.Kind} {ShortId.Of(operation.Reference)}: ", Tone.Strong)
                .Add(operation.Progress?.Message ?? operation.State);
        }

        if (application.Guard is { } guard)
        {
            yield return Named("guard")
                .Add(guard.State, guard.State switch { "passed" => Tone.Good, "watching" => Tone.Plain, _ => Tone.Warning })
                .Add(guard.Reason.Length == 0 ? string.Empty : $": {guard.Reason}");
        }

        foreach (var drain in application.Draining)
        {
            yield return Named("draining").Add(
                string.Create(CultureInfo.InvariantCulture, $"{ShortName.Of(drain.Revision)} ({ShortId.Of(drain.Hash)}): {drain.InFlight:#,0} in flight, {drain.SecondsLeft:0} s left"),
                Tone.Warning);
        }
    }

    private static IEnumerable<ScreenLine> ServerOf(StatusDocument status)
    {
        yield return new ScreenLine();
        var states = status.States;
        yield return Named("connections").Add(
            $"{states.Active} active, {states.Idle} idle, {states.Upgraded} upgraded, {states.New} new");
        if (status.Process is { } process)
        {
            yield return Named("process").Add(
                $"{Megabytes(process.Rss)} MiB, heap {Megabytes(process.Heap)} MiB, {process.Threads} threads of the pool");
        }

        if (status.Buffers is { Memory: > 0 } or { Disk: > 0 })
        {
            yield return Named("buffers").Add(
                $"{Megabytes(status.Buffers.Memory)} MiB in memory, {Megabytes(status.Buffers.Disk)} MiB in files");
        }

        foreach (var (name, state) in new[] { ("docker", status.DockerState), ("store", status.StoreState) })
        {
            if (state is not ("Ok" or "unknown"))
            {
                yield return Named(name).Add(state, Tone.Bad);
            }
        }

        foreach (var warning in status.Warnings)
        {
            yield return Named("warning").Add(warning, Tone.Warning);
        }
    }

    private static ScreenLine Named(string name) => new ScreenLine().Add(name.PadRight(NameWidth), Tone.Quiet);

    private static ScreenLine Chart(string name, IEnumerable<double> values, string now, Tone tone = Tone.Plain) =>
        Named(name).Add(Sparkline.Of(values)).Add("  ").Add(now, tone);

    private static ScreenLine Row(string name, WindowView window) => Row(
        name,
        Number(window.Requests),
        Rate(window.RequestsPerSecond),
        Share(window.ErrorShare),
        Time(window.ResponseTimes.P50),
        Time(window.ResponseTimes.P99),
        Number(window.GatewayErrors),
        Number(window.Aborted),
        Tone.Plain);

    private static ScreenLine Row(
        string name, string requests, string rate, string errors, string p50, string p99, string gateway, string aborted, Tone tone) =>
        Named(name).Add(
            $"{requests,10} {rate,11} {errors,8} {p50,9} {p99,9} {gateway,8} {aborted,8}", tone);

    private static Tone ToneOf(double errorShare) =>
        errorShare == 0 ? Tone.Good : errorShare < WorthALook ? Tone.Warning : Tone.Bad;

    private static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) =>
        perSecond.ToString(perSecond >= 10 ? "#,0.0" : "0.0##", CultureInfo.InvariantCulture) + "/s";

    private static string Share(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Time(double seconds) => seconds >= 1
        ? seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s"
        : (seconds * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture);
}
