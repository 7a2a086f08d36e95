using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>
/// Keeps the lines of the access log, their bytes as Latin-1 text; without scheme and version where those of every test are
/// the same.
/// </summary>
internal sealed partial class LineSink : IAccessLogSink
{
    private readonly BlockingCollection<string> _lines = [];

    public void Write(ReadOnlySpan<byte> lines)
    {
        foreach (var line in Encoding.Latin1.GetString(lines).Split('\n')[..^1])
        {
            _lines.Add((ProxyUnderTest.Scheme == "http" ? line : Tls().Replace(line, string.Empty).Replace("\"url.scheme\":\"https\"", "\"url.scheme\":\"http\"", StringComparison.Ordinal)) + "\n");
        }
    }

    /// <summary>Waits for the next line.</summary>
    public Task<string> TakeAsync() => Task.Run(() =>
        _lines.TryTake(out var line, TimeSpan.FromSeconds(15)) ? line : throw new TimeoutException("no line came"));

    [GeneratedRegex(" scheme=https tls=\\S+|,\"tls.protocol.version\":\"[^\"]+\"", RegexOptions.None, 1000)]
    private static partial Regex Tls();
}
