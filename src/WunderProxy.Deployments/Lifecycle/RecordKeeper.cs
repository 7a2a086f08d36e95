using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Holds the local record and makes each change durable before it counts.</summary>
internal sealed class RecordKeeper
{
    private const string DocumentName = "record.json";

    private readonly Lock _lock = new();
    private readonly LocalState _state;
    private readonly FaultPoints _faults;
    private LifecycleRecord _record;

    public RecordKeeper(LocalState state, FaultPoints faults)
    {
        _state = state;
        _faults = faults;
        var read = state.ReadDocument(DocumentName, LifecycleJsonContext.Default.LifecycleRecord);
        _record = read ?? new LifecycleRecord();
        WasAbsent = read is null;
    }

    /// <summary>Whether there was no record at the start: containers are then judged by the store alone.</summary>
    public bool WasAbsent { get; }

    /// <summary>The record as it is on disk.</summary>
    public LifecycleRecord Current => Volatile.Read(ref _record);

    /// <summary>Changes the record; durable when it returns.</summary>
    /// <exception cref="StateUnwritableException">It cannot be written; the old record stands.</exception>
    public void Update(Func<LifecycleRecord, LifecycleRecord> change)
    {
        lock (_lock)
        {
            var changed = change(_record);
            if (ReferenceEquals(changed, _record))
            {
                return;
            }

            _faults.Hit("record-before");
            _state.WriteDocument(DocumentName, changed, LifecycleJsonContext.Default.LifecycleRecord);
            Volatile.Write(ref _record, changed);
            _faults.Hit("record-after");
        }
    }

    /// <summary>Changes the record where a failure only costs comfort at the next start.</summary>
    /// <returns>Whether it was written.</returns>
    public bool TryUpdate(Func<LifecycleRecord, LifecycleRecord> change)
    {
        try
        {
            Update(change);
            return true;
        }
        catch (StateUnwritableException)
        {
            return false;
        }
    }
}
