namespace WunderProxy.Deployments.Machines;

/// <summary>Whether a part that we depend on is called freely.</summary>
internal enum CircuitState
{
    /// <summary>It answers.</summary>
    Closed,

    /// <summary>It does not; what runs by itself waits for the next try, what somebody asks for still calls it.</summary>
    Open,

    /// <summary>It did not, and is being tried again just now.</summary>
    HalfOpen,
}
