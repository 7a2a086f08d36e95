using WunderProxy.Deployments.Docker.Archives;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// An archive on its way to the engine. Marks read errors of the archive, so that they are not taken for an engine that
/// does not answer.
/// </summary>
internal sealed class ArchiveSource(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw BrokenOff(exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return inner.Read(buffer, offset, count);
        }
        catch (Exception exception)
        {
            throw BrokenOff(exception);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>
    /// Wraps a read error of the archive; a time limit of the source counts as one, because no caller cancelled.
    /// </summary>
    private static ArchiveBrokenException BrokenOff(Exception fault) => fault is ArchiveRefusedException
        ? new ArchiveBrokenException(fault.Message, fault)
        : new ArchiveBrokenException($"it broke off: {fault.GetBaseException().Message}", fault);
}
