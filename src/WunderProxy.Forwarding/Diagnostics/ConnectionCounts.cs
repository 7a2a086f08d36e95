namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The number of client connections in each state.</summary>
/// <param name="New">Connections accepted, on which no byte has arrived yet.</param>
/// <param name="Active">Connections with an exchange in progress or a request head arriving.</param>
/// <param name="Idle">Connections between two exchanges.</param>
/// <param name="Upgraded">Connections that are tunnels after a 101 response.</param>
public readonly record struct ConnectionCounts(int New, int Active, int Idle, int Upgraded)
{
    /// <summary>The sum over all states.</summary>
    public int Total => New + Active + Idle + Upgraded;
}
