using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Keeps the lines of the access log, their bytes as Latin-1 text.</summary>
internal sealed class LineSink : IAccessLogSink
{
    private readonly BlockingCollection<string> _lines = [];

    public void Write(ReadOnlySpan<byte> lines)
    {
        foreach (var line in Encoding.Latin1.GetString(lines).Split('\n')[..^1])
        {
            _lines.Add(line + "\n");
        }
    }

    /// <summary>Waits for the next line.</summary>
    public Task<string> TakeAsync() => Task.Run(() =>
        _lines.TryTake(out var line, TimeSpan.FromSeconds(15)) ? line : throw new TimeoutException("no line came"));
}
