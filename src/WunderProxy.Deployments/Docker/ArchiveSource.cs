using WunderProxy.Deployments.Docker.Archives;

namespace WunderProxy.Deployments.Docker;

/// <summary>An archive on its way to the engine. That it breaks off must not be taken for the engine's absence.</summary>
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
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw BrokenOff(fault);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return inner.Read(buffer, offset, count);
        }
        catch (Exception fault)
        {
            throw BrokenOff(fault);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Also for a time limit of the source itself, which is nobody's cancellation.</summary>
    private static ArchiveBrokenException BrokenOff(Exception fault) => fault is ArchiveRefusedException
        ? new ArchiveBrokenException(fault.Message, fault)
        : new ArchiveBrokenException($"it broke off: {fault.GetBaseException().Message}", fault);
}
