namespace WunderProxy.Fleet;

/// <summary>What the end of one manager's watch means for the fleet.</summary>
internal enum FleetVerdictKind
{
    /// <summary>The new revision is not worse on this manager, or the manager does not watch.</summary>
    Good,

    /// <summary>The new revision is worse on this manager, so the whole fleet goes back.</summary>
    Worse,

    /// <summary>
    /// The verdict is unknown: the manager cannot be reached, its watch failed, or another deployer has switched.
    /// </summary>
    Unknown,
}
