namespace WunderProxy.TestSupport;

/// <summary>How the remote end of a raw connection closed it.</summary>
public enum StreamEnd
{
    /// <summary>Closed in order (FIN).</summary>
    Finished,

    /// <summary>Closed by a reset (RST).</summary>
    Reset,
}
