using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Records;

/// <summary>Keeps the local record in memory and on disk; a change is durable before it takes effect.</summary>
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
        var read = state.ReadDocument(
            DocumentName, LifecycleJsonContext.Default.LifecycleRecord, record => record.FindFault());
        _record = read?.WithoutForeignConfig() ?? new LifecycleRecord();
        WasAbsent = read is null;
    }

    /// <summary>Whether there was no record at the start, so that containers are judged by the store alone.</summary>
    public bool WasAbsent { get; }

    /// <summary>The record as stored on disk.</summary>
    public LifecycleRecord Current => Volatile.Read(ref _record);

    /// <summary>Changes the record; the change is durable when the method returns.</summary>
    /// <exception cref="StateUnwritableException">The record cannot be written; the old one still stands.</exception>
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
            Write(changed);
            Volatile.Write(ref _record, changed);
            _faults.Hit("record-after");
        }
    }

    /// <summary>Changes the record where a failure only makes the next start less convenient.</summary>
    /// <returns>Whether the record was written.</returns>
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

    /// <summary>
    /// Writes the record. A write may fail after its rename, and the next start would then read what the caller
    /// believes was refused; so the old record is written back if the disk allows.
    /// </summary>
    private void Write(LifecycleRecord changed)
    {
        try
        {
            _state.WriteDocument(DocumentName, changed, LifecycleJsonContext.Default.LifecycleRecord);
        }
        catch (StateUnwritableException)
        {
            PutBack();
            throw;
        }
    }

    private void PutBack()
    {
        try
        {
            _state.WriteDocument(DocumentName, _record, LifecycleJsonContext.Default.LifecycleRecord);
        }
        catch (StateUnwritableException)
        {
            // The disk accepts nothing, so the old record most likely still stands.
        }
    }
}
