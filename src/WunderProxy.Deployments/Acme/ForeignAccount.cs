namespace WunderProxy.Deployments.Acme;

/// <summary>What is done when the account that instances share is sealed with another key than ours.</summary>
internal enum ForeignAccount
{
    /// <summary>Nothing is ordered: most likely this instance has not got the right secret yet.</summary>
    StopsTheOrder,

    /// <summary>The instance uses an account of its own.</summary>
    IsPassedOver,
}
