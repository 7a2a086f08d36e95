namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Takes finished access-log lines.</summary>
public interface IAccessLogSink
{
    /// <summary>
    /// Writes whole lines, each ended by LF, in UTF-8. Called by one background thread at a time, never by a
    /// forwarding thread: it may block. The memory is valid during the call only.
    /// </summary>
    void Write(ReadOnlySpan<byte> lines);
}
