namespace WunderProxy.LoadClient;

/// <summary>
/// Which revision may answer when. A request is stale when its first byte was sent after a switch call had returned
/// and it is answered by a revision that was switched away from; during a switch call both may answer.
/// </summary>
public sealed class SwitchTimeline
{
    private readonly Lock _gate = new();
    private readonly List<string> _revisions = [];
    private int _finished = -1;

    /// <summary>Says that a switch call to this revision is about to be sent.</summary>
    public void Switching(string revision)
    {
        lock (_gate)
        {
            _revisions.Add(revision);
        }
    }

    /// <summary>Says that the switch call announced last has returned.</summary>
    public void Switched()
    {
        lock (_gate)
        {
            _finished = _revisions.Count - 1;
        }
    }

    /// <summary>Says that the switch call announced last was refused: what served before still serves.</summary>
    public void Refused()
    {
        lock (_gate)
        {
            _revisions.RemoveAt(_revisions.Count - 1);
        }
    }

    /// <summary>To be taken before the first byte of a request is sent.</summary>
    public int Mark()
    {
        lock (_gate)
        {
            return _finished;
        }
    }

    /// <summary>Whether an answer of this revision is too old for a request sent at the mark.</summary>
    public bool IsStale(int mark, string? revision)
    {
        lock (_gate)
        {
            return mark >= 0 && (revision is null || !_revisions[mark..].Contains(revision));
        }
    }
}
