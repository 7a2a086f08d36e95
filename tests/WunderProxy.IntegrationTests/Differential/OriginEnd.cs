namespace WunderProxy.IntegrationTests.Differential;

/// <summary>What the origin does with its connection after its answer.</summary>
internal enum OriginEnd
{
    /// <summary>It ends it in order.</summary>
    Close,

    /// <summary>It resets it.</summary>
    Reset,

    /// <summary>It keeps it, as a server that awaits the next request.</summary>
    Keep,
}
