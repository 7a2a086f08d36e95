using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Keeps what was measured of the last few launch configs, in memory and in the local state.</summary>
internal sealed class MeasurementKeeper
{
    private const int MaxCount = 20;

    private readonly Lock _lock = new();
    private readonly KeptDocument<IReadOnlyList<Measured>> _document;
    private IReadOnlyList<Measured> _all;

    public MeasurementKeeper(LocalState state)
    {
        _document = new KeptDocument<IReadOnlyList<Measured>>(
            state,
            "measurements.json",
            ExplanationJsonContext.Default.IReadOnlyListMeasured,
            static read => read.Any(measured => measured is not { Hash: not null }) ? "an entry has no hash" : null);
        _all = [.. (_document.Read() ?? []).TakeLast(MaxCount)];
    }

    /// <summary>Returns what was measured of a launch config; null if nothing was.</summary>
    public Measured? Of(string hash)
    {
        lock (_lock)
        {
            return _all.FirstOrDefault(measured => measured.Hash == hash);
        }
    }

    /// <summary>Notes how long the container took to become healthy; written with the next traffic.</summary>
    public void NoteStart(string hash, double seconds) =>
        Change(hash, measured => measured with { StartSeconds = seconds });

    /// <summary>Notes what a launch config answered while it was in service, and writes all.</summary>
    public void NoteTraffic(string hash, TrafficSummary traffic)
    {
        lock (_lock)
        {
            Change(hash, measured => measured with { Traffic = traffic });
            _document.TryWrite(_all);
        }
    }

    private void Change(string hash, Func<Measured, Measured> change)
    {
        lock (_lock)
        {
            var found = _all.FirstOrDefault(measured => measured.Hash == hash) ?? new Measured(hash, null, null);
            _all = [.. _all.Where(measured => measured.Hash != hash).TakeLast(MaxCount - 1), change(found)];
        }
    }
}
