namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// Which part of a temporary file holds bytes. The file is used as a ring: positions only grow, and a file that has
/// reached its largest size is written from its start again. Room is reserved in the budget of all connections.
/// </summary>
internal sealed class SpillRing(BufferStore store)
{
    // Room in files is reserved in steps, so that loops seldom meet at the budget.
    private const long StepBytes = 1 << 20;

    private long _reserved;

    /// <summary>Largest size of the file in bytes.</summary>
    public long MaxBytes { get; } = store.Options.ConnectionDiskBytes;

    /// <summary>Position of the first byte that has not been read back.</summary>
    public long ReadPosition { get; private set; }

    /// <summary>Position after the last byte written.</summary>
    public long WritePosition { get; private set; }

    /// <summary>Number of bytes written and not read back.</summary>
    public long HeldBytes => WritePosition - ReadPosition;

    /// <summary>Reserves room for so many bytes after those in the file.</summary>
    /// <returns>Whether the bounds of this file and of all files allow it.</returns>
    public bool TryReserve(long bytes)
    {
        if (HeldBytes + bytes > MaxBytes)
        {
            return false;
        }

        // The size of the file is the furthest position that was ever written.
        var size = Math.Min(WritePosition + bytes, MaxBytes);
        while (_reserved < size)
        {
            if (!store.Budget.TryReserveDisk(StepBytes))
            {
                return false;
            }

            _reserved += StepBytes;
        }

        return true;
    }

    /// <summary>Records that bytes were written after those in the file.</summary>
    public void OnWritten(long bytes) => WritePosition += bytes;

    /// <summary>Records that bytes were read back, whose room can be written again.</summary>
    public void OnRead(long bytes) => ReadPosition += bytes;

    /// <summary>Forgets the file, which is to be closed.</summary>
    /// <returns>The bytes reserved for the file, to be returned to the budget when it is closed.</returns>
    public long Clear()
    {
        var reserved = _reserved;
        ReadPosition = WritePosition = 0;
        _reserved = 0;
        return reserved;
    }
}
