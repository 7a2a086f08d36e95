namespace WunderProxy.LoadClient;

/// <summary>
/// Records which revision may answer at which time. An answer is stale if the first byte of its request was sent after
/// a switch call had returned and the answering revision had been switched away from; during a switch call both
/// revisions may answer.
/// </summary>
public sealed class SwitchTimeline
{
    private readonly Lock _gate = new();
    private readonly List<string> _revisions = [];
    private int _finished = -1;

    /// <summary>Records that a switch call to this revision is about to be sent.</summary>
    public void Switching(string revision)
    {
        lock (_gate)
        {
            _revisions.Add(revision);
        }
    }

    /// <summary>Records that the last announced switch call has returned.</summary>
    public void Switched()
    {
        lock (_gate)
        {
            _finished = _revisions.Count - 1;
        }
    }

    /// <summary>
    /// Records that the last announced switch call was refused, so that the revision before still serves.
    /// </summary>
    public void Refused()
    {
        lock (_gate)
        {
            _revisions.RemoveAt(_revisions.Count - 1);
        }
    }

    /// <summary>Returns a mark, taken before the first byte of a request is sent.</summary>
    public int Mark()
    {
        lock (_gate)
        {
            return _finished;
        }
    }

    /// <summary>Whether an answer of this revision is stale for a request sent at the mark.</summary>
    public bool IsStale(int mark, string? revision)
    {
        lock (_gate)
        {
            return mark >= 0 && (revision is null || !_revisions[mark..].Contains(revision));
        }
    }
}
