namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Client connections by state.</summary>
/// <param name="New">Accepted, nothing has arrived yet.</param>
/// <param name="Active">In an exchange, or its head is arriving.</param>
/// <param name="Idle">Between exchanges.</param>
/// <param name="Upgraded">A tunnel after 101.</param>
public readonly record struct ConnectionCounts(int New, int Active, int Idle, int Upgraded)
{
    /// <summary>All of them.</summary>
    public int Total => New + Active + Idle + Upgraded;
}
