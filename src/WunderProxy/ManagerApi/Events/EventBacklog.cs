using System.Globalization;

namespace WunderProxy.ManagerApi.Events;

/// <summary>
/// The last events, so that a watcher that comes back misses none. Bounded in number and size; the caller holds a lock.
/// An id is <c>process-number</c>: the number counts events, and the process is a random text, so that an id of an
/// earlier process is not taken for one of ours.
/// </summary>
internal sealed class EventBacklog
{
    /// <summary>Most past events that are kept for watchers that come back.</summary>
    public const int MaxEvents = 256;

    /// <summary>Most bytes kept, both forms of each event together.</summary>
    public const int MaxBytes = 512 * 1024;

    private readonly Queue<PastEvent> _events = new();
    private readonly string _process = Guid.NewGuid().ToString("n")[..12];
    private long _last;
    private int _bytes;

    /// <summary>Id of the last event; of the start of the process if there was none.</summary>
    public string LastId => IdOf(_last);

    /// <summary>Number that the next event gets.</summary>
    public long Next => _last + 1;

    /// <summary>Returns the id of an event as it stands on the stream.</summary>
    public string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{_process}-{number}");

    /// <summary>Keeps the event with the number <see cref="Next"/>, and drops the oldest ones beyond the bounds.</summary>
    public void Add(PastEvent happened)
    {
        _last = happened.Number;
        _events.Enqueue(happened);
        _bytes += happened.Bytes;
        while (_events.Count > MaxEvents || (_bytes > MaxBytes && _events.Count > 1))
        {
            _bytes -= _events.Dequeue().Bytes;
        }
    }

    /// <summary>Returns what a watcher has missed that saw the event with this id last.</summary>
    /// <param name="lastId">The id as the watcher sent it; null for a watcher that has seen nothing and misses nothing.</param>
    /// <param name="isWhole">
    /// Whether that is all: false if older events are gone, or the id is not of this process.
    /// </param>
    public IReadOnlyList<PastEvent> After(string? lastId, out bool isWhole)
    {
        isWhole = true;
        if (lastId is null)
        {
            return [];
        }

        if (NumberOf(lastId) is not { } seen || seen > _last)
        {
            isWhole = false;
            return [.. _events];
        }

        isWhole = seen >= _last - _events.Count;
        return [.. _events.Where(happened => happened.Number > seen)];
    }

    private long? NumberOf(string id) =>
        id.StartsWith(_process + "-", StringComparison.Ordinal)
        && long.TryParse(id.AsSpan(_process.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
