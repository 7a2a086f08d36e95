using System.Buffers.Binary;
using System.Text;

namespace WunderProxy.Deployments.Docker;

/// <summary>Decodes the log stream of the engine.</summary>
internal static class ContainerLog
{
    /// <summary>
    /// Length of a frame header in bytes: stream number, three zero bytes, length (Engine API, "Attach to a container",
    /// stream format).
    /// </summary>
    private const int FrameHeaderBytes = 8;

    /// <summary>Most bytes of log that are kept; older bytes are dropped.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>
    /// Reads the stream to its end and returns the last lines of both outputs, in the order of their arrival.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        Stream body, bool isTerminal, int tail, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        if (isTerminal)
        {
            await CopyAsync(body, bytes, long.MaxValue, cancellationToken);
        }
        else
        {
            await CopyFramesAsync(body, bytes, cancellationToken);
        }

        var lines = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.TakeLast(tail).Select(line => line.TrimEnd('\r'))];
    }

    private static async Task CopyFramesAsync(Stream body, MemoryStream bytes, CancellationToken cancellationToken)
    {
        var header = new byte[FrameHeaderBytes];
        while (await body.ReadAtLeastAsync(header, FrameHeaderBytes, throwOnEndOfStream: false, cancellationToken)
            == FrameHeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            await CopyAsync(body, bytes, length, cancellationToken);
        }
    }

    private static async Task CopyAsync(Stream body, MemoryStream bytes, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        while (length > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
            if (read == 0)
            {
                return;
            }

            length -= read;
            if (bytes.Length + read > MaxBytes)
            {
                bytes.SetLength(0);
            }

            bytes.Write(buffer, 0, read);
        }
    }
}
