namespace WunderProxy.Deployments.History;

/// <summary>What a lease gives the right to; leases of different kinds do not know of one another.</summary>
/// <param name="KeyStart">Start of the names of its objects, <c>lock.</c> for deployers.</param>
/// <param name="Holder">Who takes it, for messages.</param>
/// <param name="Doing">What its holder does, for messages.</param>
internal sealed record LeaseKind(string KeyStart, string Holder, string Doing)
{
    /// <summary>The right to deploy.</summary>
    public static LeaseKind Deploying { get; } = new("lock.", "deployer", "is deploying");

    /// <summary>The right to order certificates.</summary>
    public static LeaseKind Ordering { get; } = new("acme.lock.", "order of a certificate", "is ordering a certificate");
}
