namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// Moves bytes from one connection's socket to another's inside the kernel. For plain bodies of known length: nobody
/// sees the bytes. Neither connection may be read or written otherwise meanwhile.
/// </summary>
/// <remarks>
/// <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> and
/// <see cref="System.IO.Pipelines.PipeWriter.CancelPendingFlush"/> of the two connections end the waits here too.
/// Disposing gives back what it holds; bytes taken and not passed on are lost then.
/// </remarks>
internal abstract class DirectRelay : IDisposable
{
    /// <summary>Moves what can be moved without waiting, at most a fair share of this turn.</summary>
    /// <param name="maxBytes">Most bytes to take from the source.</param>
    /// <param name="takenBytes">Bytes taken from the source.</param>
    /// <param name="passedBytes">Bytes passed on to the destination, those held from earlier calls included.</param>
    public abstract DirectRelayStatus Move(long maxBytes, out long takenBytes, out long passedBytes);

    /// <summary>Waits after <see cref="DirectRelayStatus.NeedsSource"/> or <see cref="DirectRelayStatus.GivesWay"/>.</summary>
    public abstract ValueTask WaitForSourceAsync();

    /// <summary>Waits after <see cref="DirectRelayStatus.NeedsSink"/>.</summary>
    public abstract ValueTask WaitForSinkAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what it holds.</summary>
    protected abstract void Dispose(bool disposing);
}
