namespace WunderProxy.Deployments.Contracts;

/// <summary>The kinds of changing operation.</summary>
internal enum OperationKind
{
    /// <summary>A call starts a container.</summary>
    Launch,

    /// <summary>A call sends traffic to a launched container.</summary>
    Switch,

    /// <summary>A call stores, launches, switches to and records a launch config.</summary>
    Deploy,

    /// <summary>A call makes an earlier history entry current again.</summary>
    Rollback,

    /// <summary>A call removes containers that were launched and never switched to.</summary>
    Retire,

    /// <summary>The process brings back what was in service, or follows the store's current launch config.</summary>
    Start,

    /// <summary>The process launches the current launch config anew, whose container has vanished.</summary>
    Recovery,
}
