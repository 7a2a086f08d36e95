using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Keeps the last switch with what was measured around it, in memory and in the local state.</summary>
internal sealed class SwitchKeeper
{
    private readonly Lock _lock = new();
    private readonly KeptDocument<SwitchRecord> _document;
    private SwitchRecord? _last;

    public SwitchKeeper(LocalState state)
    {
        _document = new KeptDocument<SwitchRecord>(
            state,
            "last-switch.json",
            ExplanationJsonContext.Default.SwitchRecord,
            static read => IsWhole(read) ? null : "it is incomplete");
        _last = _document.Read();
    }

    /// <summary>The last switch; null if none is known.</summary>
    public SwitchRecord? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Keeps a switch in place of the earlier one; written to the local state when its operation is over.</summary>
    public void Note(SwitchRecord done)
    {
        lock (_lock)
        {
            _last = done;
        }
    }

    /// <summary>Adds to the last switch, if it is still this one, and writes it.</summary>
    /// <param name="at">When the switch happened.</param>
    /// <param name="change">Returns the record with what is to be added.</param>
    public void Add(DateTimeOffset at, Func<SwitchRecord, SwitchRecord> change)
    {
        lock (_lock)
        {
            if (_last?.At == at)
            {
                _last = change(_last);
                _document.TryWrite(_last);
            }
        }
    }

    /// <summary>Adds which operation switched, unless the record already says so or is older than the operation.</summary>
    public void NoteOperation(DateTimeOffset since, string kind, string by, StepTimes steps)
    {
        if (Last is { Kind.Length: 0 } last && last.At >= since)
        {
            Add(last.At, record => record with { Kind = kind, By = by, Seconds = steps.Seconds, Steps = steps.ToList() });
        }
    }

    /// <summary>Whether a document that was read has all that judges and pages rely on; somebody may have edited it.</summary>
    private static bool IsWhole(SwitchRecord read) =>
        read is
        {
            Kind: not null, By: not null, Hash: not null, Revision: not null, FromHash: not null, FromRevision: not null,
            Steps: not null,
        }
        && read.Steps.All(step => step is { Step: not null });
}
