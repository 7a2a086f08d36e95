namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// Moves bytes from one connection's socket to another's inside the kernel; meant for plain bodies of known length,
/// since the process does not see the bytes. Neither connection may be read or written in another way meanwhile.
/// </summary>
/// <remarks>
/// <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> and
/// <see cref="System.IO.Pipelines.PipeWriter.CancelPendingFlush"/> of the two connections also end the waits of the
/// relay. Disposing returns the relay's resources; bytes that it has taken and not passed on are lost then.
/// </remarks>
internal abstract class DirectRelay : IDisposable
{
    /// <summary>
    /// Moves the bytes that can be moved without waiting, at most a fair share for this turn of the loop.
    /// </summary>
    /// <param name="maxBytes">Most bytes to take from the source.</param>
    /// <param name="mayHold">
    /// Whether to take more from the source while the destination accepts nothing, as far as the relay can hold it.
    /// </param>
    /// <param name="takenBytes">Bytes taken from the source.</param>
    /// <param name="passedBytes">Bytes passed on to the destination, including those held from earlier calls.</param>
    public abstract DirectRelayStatus Move(long maxBytes, bool mayHold, out long takenBytes, out long passedBytes);

    /// <summary>Number of bytes taken and not passed on.</summary>
    public abstract int HeldBytes { get; }

    /// <summary>
    /// After <see cref="DirectRelayStatus.NeedsSink"/>: whether the relay could hold more bytes than the source has given.
    /// </summary>
    public abstract bool MayTakeMore { get; }

    /// <summary>Copies bytes that the relay holds, and removes them.</summary>
    /// <returns>Number of bytes; 0 or less if none can be had.</returns>
    public abstract int ReadHeld(Span<byte> buffer);

    /// <summary>
    /// Waits until the source has bytes, or the destination accepts some, or for the next turn; called after
    /// <see cref="DirectRelayStatus.NeedsSink"/> if <see cref="MayTakeMore"/>.
    /// </summary>
    public abstract ValueTask WaitForEitherAsync();

    /// <summary>
    /// Waits until the source has bytes, or for the next turn; called after <see cref="DirectRelayStatus.NeedsSource"/>
    /// or <see cref="DirectRelayStatus.GivesWay"/>.
    /// </summary>
    public abstract ValueTask WaitForSourceAsync();

    /// <summary>
    /// Waits until the destination accepts bytes; called after <see cref="DirectRelayStatus.NeedsSink"/>.
    /// </summary>
    public abstract ValueTask WaitForSinkAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the relay's resources.</summary>
    protected abstract void Dispose(bool disposing);
}
