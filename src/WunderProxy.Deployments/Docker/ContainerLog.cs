using System.Text;
using Docker.DotNet;

namespace WunderProxy.Deployments.Docker;

/// <summary>Reads the log of a container.</summary>
internal static class ContainerLog
{
    /// <summary>Most bytes of log that are kept; older bytes are dropped.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>
    /// Reads the stream to its end and returns the last lines of both outputs, in the order of their arrival.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        MultiplexedStream log, int tail, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            while (await log.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken) is { EOF: false } read)
            {
                if (bytes.Length + read.Count > MaxBytes)
                {
                    bytes.SetLength(0);
                }

                bytes.Write(buffer, 0, read.Count);
            }
        }
        catch (IOException exception) when (IsFrameFault(exception))
        {
            // The lines before it are worth more than none.
        }

        var lines = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.TakeLast(tail).Select(line => line.TrimEnd('\r'))];
    }

    /// <summary>
    /// Whether the library cannot read a frame, because it is of an unknown kind or incomplete; faults of the
    /// connection have types or causes of their own.
    /// </summary>
    private static bool IsFrameFault(IOException exception) =>
        exception is EndOfStreamException || (exception.GetType() == typeof(IOException) && exception.InnerException is null);
}
