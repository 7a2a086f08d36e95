using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>The access log on standard output. A reader that has gone away is no reason to stop serving.</summary>
internal sealed class StandardOutputLog : IAccessLogSink
{
    private readonly Stream _output = Console.OpenStandardOutput();

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            _output.Write(lines);
        }
        catch (IOException)
        {
            // A closed pipe stays closed; every later write fails the same way and costs nothing worth telling.
        }
    }
}
