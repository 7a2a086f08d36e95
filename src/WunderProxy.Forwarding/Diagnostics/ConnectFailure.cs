namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Why no connection to an upstream could be opened.</summary>
public enum ConnectFailure
{
    /// <summary>The upstream refused it or cannot be reached.</summary>
    Refused,

    /// <summary>The upstream did not accept it in time.</summary>
    Timeout,

    /// <summary>This machine is short of descriptors, ports or memory.</summary>
    Shortage,
}
