using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Records;

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
        var read = state.ReadDocument(
            DocumentName, LifecycleJsonContext.Default.LifecycleRecord, record => record.FindFault());
        _record = read?.WithoutForeignConfig() ?? new LifecycleRecord();
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
            Write(changed);
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

    /// <summary>
    /// A write may fail after its rename, so that the next start would read what the caller is told was refused: then the
    /// old record is written back as far as the disk allows.
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
            // The disk takes nothing, so most likely the old record still stands.
        }
    }
}
