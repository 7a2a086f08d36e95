using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Exchanges.AccessLogs;

/// <summary>Keeps the lines of a <see cref="MemoryProxy"/>, their bytes as Latin-1 text.</summary>
internal sealed class MemoryLineSink : IAccessLogSink
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

    /// <summary>Returns all lines that the proxy has written, and that no call has returned before.</summary>
    public async Task<IReadOnlyList<string>> TakeAllAsync(MemoryProxy proxy)
    {
        proxy.Loop.Run(() => proxy.Context.AccessLog!.HandOver());
        await proxy.AccessLog!.DisposeAsync();
        return [.. _lines];
    }
}
