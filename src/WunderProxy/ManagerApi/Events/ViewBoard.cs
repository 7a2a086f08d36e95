namespace WunderProxy.ManagerApi.Events;

/// <summary>
/// The latest text of each view and rights, made anew when it is about a second old. Callers from several threads wait
/// for each other, so that no text is made twice.
/// </summary>
/// <param name="read">Reads the present state.</param>
/// <param name="clock">Measures the age of a text.</param>
internal sealed class ViewBoard(Func<StatusFacts> read, TimeProvider clock)
{
    // A little less than the interval of the ticks, which do not come to the microsecond: every tick makes a new text.
    private static readonly TimeSpan Fresh = EventHub.TickInterval * 0.9;

    private readonly Lock _lock = new();
    private readonly Dictionary<(LiveView View, bool HasRights), Sheet> _sheets = [];

    /// <summary>Returns the block of a view that is at most a second old.</summary>
    public byte[] Current(LiveView view, bool hasRights)
    {
        StatusFacts? facts = null;
        lock (_lock)
        {
            return Refresh(view, hasRights, ref facts).Block;
        }
    }

    /// <summary>Makes the views of these watchers anew, each once, and forgets views that nobody watches.</summary>
    /// <returns>The blocks that have changed.</returns>
    public IReadOnlyDictionary<(LiveView View, bool HasRights), byte[]> RefreshAll(
        IReadOnlySet<(LiveView View, bool HasRights)> watched)
    {
        Dictionary<(LiveView View, bool HasRights), byte[]> changed = [];
        StatusFacts? facts = null;
        lock (_lock)
        {
            foreach (var gone in _sheets.Keys.Where(key => !watched.Contains(key)).ToList())
            {
                _sheets.Remove(gone);
            }

            foreach (var key in watched)
            {
                var before = _sheets.GetValueOrDefault(key)?.Text;
                var sheet = Refresh(key.View, key.HasRights, ref facts);
                if (sheet.Text != before)
                {
                    changed[key] = sheet.Block;
                }
            }
        }

        return changed;
    }

    /// <summary>Under the lock. The state is read once for all views of a tick.</summary>
    private Sheet Refresh(LiveView view, bool hasRights, ref StatusFacts? facts)
    {
        var now = clock.GetTimestamp();
        var sheet = _sheets.GetValueOrDefault((view, hasRights));
        if (sheet is not null && clock.GetElapsedTime(sheet.Made, now) < Fresh)
        {
            return sheet;
        }

        facts ??= read();
        var text = view.Write(new LiveFacts(hasRights ? facts : facts.ForStrangers(), hasRights));
        sheet = sheet is not null && sheet.Text == text
            ? sheet with { Made = now }
            : new Sheet(text, StreamText.Event(view.Event, string.Empty, text), now);
        _sheets[(view, hasRights)] = sheet;
        return sheet;
    }

    private sealed record Sheet(string Text, byte[] Block, long Made);
}
