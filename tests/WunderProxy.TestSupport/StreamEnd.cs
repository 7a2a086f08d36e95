namespace WunderProxy.TestSupport;

/// <summary>How the peer of a raw connection ended it.</summary>
public enum StreamEnd
{
    /// <summary>In order, with FIN.</summary>
    Finished,

    /// <summary>With a reset.</summary>
    Reset,
}
