namespace WunderProxy.TestSupport.Storage;

/// <summary>How a store treats conditional writes.</summary>
public enum ConditionSupport
{
    /// <summary>The store honours conditions, as Amazon and Ceph do.</summary>
    Kept,

    /// <summary>The store refuses conditions with 501, as Swift does.</summary>
    Refused,

    /// <summary>The store ignores conditions and writes, as some small servers do.</summary>
    Ignored,
}
