namespace WunderProxy.Forwarding.Buffering;

/// <summary>Whether a <see cref="RequestBuffer"/> may grow.</summary>
internal enum BufferRoom
{
    /// <summary>There is room: the next bytes of the request body may be read at once.</summary>
    Open,

    /// <summary>More may come when the work on the temporary file has ended.</summary>
    AfterWork,

    /// <summary>A bound is reached, or no temporary file can be written at present.</summary>
    None,
}
