namespace WunderProxy.ManagerApi.Page;

/// <summary>What happened to the service at one point of the past.</summary>
internal enum ActKind
{
    /// <summary>A launch config was deployed.</summary>
    Deploy,

    /// <summary>Somebody went back to an earlier entry of the history.</summary>
    Rollback,

    /// <summary>A guard switched back.</summary>
    Guard,

    /// <summary>A launch, switch, deploy or rollback failed, and what served went on serving.</summary>
    Failure,
}
