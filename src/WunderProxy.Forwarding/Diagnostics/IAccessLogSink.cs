namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Receives finished access-log lines.</summary>
public interface IAccessLogSink
{
    /// <summary>
    /// Writes complete lines, each ended by LF, in UTF-8. Called by one background thread at a time, never by a
    /// forwarding thread, so the method may block. The memory is valid during the call only.
    /// </summary>
    void Write(ReadOnlySpan<byte> lines);
}
