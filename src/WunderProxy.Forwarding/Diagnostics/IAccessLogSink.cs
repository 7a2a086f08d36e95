namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Receives finished access-log lines.</summary>
public interface IAccessLogSink
{
    /// <summary>
    /// Writes complete lines, each ended by LF, in UTF-8. Called by one background thread at a time, never by a
    /// forwarding thread, so the method may block. The memory is valid during the call only.
    /// </summary>
    /// <exception cref="LinesLostException">Some of the lines could not be written.</exception>
    /// <exception cref="IOException">None of the lines could be written.</exception>
    void Write(ReadOnlySpan<byte> lines);
}
