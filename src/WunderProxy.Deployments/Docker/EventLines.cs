using System.Buffers;
using System.IO.Pipelines;

namespace WunderProxy.Deployments.Docker;

/// <summary>Splits the engine's stream of events into lines.</summary>
internal sealed class EventLines(Stream stream)
{
    /// <summary>
    /// Most bytes of a line, 4 MiB, so that a line without an end does not fill the memory; longer lines are passed over.
    /// An event holds all labels of its container.
    /// </summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream);

    /// <summary>Waits for the next line of the engine's events, at most 4 MiB long; longer lines are passed over.</summary>
    /// <returns>The line without its end, or null at the end of the stream.</returns>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        var isTooLong = false;
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var (unread, end) = (read.Buffer, read.Buffer.PositionOf((byte)'\n'));
            if (end is null && !read.IsCompleted)
            {
                isTooLong |= unread.Length > MaxBytes;
                _reader.AdvanceTo(isTooLong ? unread.End : unread.Start, unread.End);
                continue;
            }

            var line = isTooLong ? null : unread.Slice(0, end ?? unread.End).ToArray();
            _reader.AdvanceTo(end is { } found ? unread.GetPosition(1, found) : unread.End);
            if (end is null)
            {
                return line is { Length: > 0 } ? line : null;
            }

            if (line is not null)
            {
                return line;
            }

            isTooLong = false;
        }
    }
}
