namespace WunderProxy.Deployments.Machines;

/// <summary>Whether the engine or the store is called freely.</summary>
internal enum CircuitState
{
    /// <summary>The part answers and is called freely.</summary>
    Closed,

    /// <summary>
    /// The part does not answer: background work waits for the next try, but operations that a caller asks for still
    /// call it.
    /// </summary>
    Open,

    /// <summary>The part did not answer, and is being tried again at the moment.</summary>
    HalfOpen,
}
