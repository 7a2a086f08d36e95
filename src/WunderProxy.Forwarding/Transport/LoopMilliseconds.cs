namespace WunderProxy.Forwarding.Transport;

/// <summary>Converts times to the unit in which loops count.</summary>
internal static class LoopMilliseconds
{
    /// <summary>Returns a time in whole milliseconds, rounded up; at most 24 days.</summary>
    public static int Of(TimeSpan time) => (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalMilliseconds));
}
