namespace WunderProxy.TestSupport.Storage;

/// <summary>What a store does with conditions on writes.</summary>
public enum ConditionSupport
{
    /// <summary>Keeps them, as Amazon and Ceph do.</summary>
    Kept,

    /// <summary>Refuses them with 501, as Swift does.</summary>
    Refused,

    /// <summary>Writes all the same, as some small servers do.</summary>
    Ignored,
}
