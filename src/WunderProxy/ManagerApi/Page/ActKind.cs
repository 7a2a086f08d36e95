namespace WunderProxy.ManagerApi.Page;

/// <summary>Kinds of changes to the service in the past.</summary>
internal enum ActKind
{
    /// <summary>A launch config was deployed.</summary>
    Deploy,

    /// <summary>Somebody went back to an earlier entry of the history.</summary>
    Rollback,

    /// <summary>A guard switched traffic back.</summary>
    Guard,

    /// <summary>A launch, switch, deploy or rollback failed, and what served went on serving.</summary>
    Failure,
}
