namespace WunderProxy.Fleet;

/// <summary>What follows for a fleet from the end of one manager's watch.</summary>
internal enum FleetVerdictKind
{
    /// <summary>The new revision is not worse there, or the manager does not watch.</summary>
    Good,

    /// <summary>The new revision is worse there: the whole fleet goes back.</summary>
    Worse,

    /// <summary>Nobody knows: the manager is out of reach, its watch failed, or another deployer has switched.</summary>
    Unknown,
}
