namespace WunderProxy.Deployments.History;

/// <summary>
/// Measurements by one machine of the two launch configs of a switch, as the event of the switch keeps them. The measurement
/// is taken at the moment of the switch: exchanges that are in flight then are not in it.
/// </summary>
/// <param name="Before">The launch config that stopped serving; null if none did.</param>
/// <param name="After">The launch config that began to serve; null if its start was not measured.</param>
public sealed record SwitchMeasurement(MeasuredService? Before, MeasuredStart? After)
{
    /// <summary>
    /// Returns the parts of a measurement that was read which can be true; null if there are none. The object may have
    /// been written by anybody who may write to the store.
    /// </summary>
    internal SwitchMeasurement? Plausible()
    {
        var (before, after) = (Before is { IsPlausible: true } ? Before : null, After is { IsPlausible: true } ? After : null);
        return before is null && after is null ? null : new SwitchMeasurement(before, after);
    }
}
