namespace WunderProxy.Forwarding.Transport;

/// <summary>Times in the unit in which loops count.</summary>
internal static class LoopMilliseconds
{
    /// <summary>A time in whole milliseconds, rounded up; 24 days at most.</summary>
    public static int Of(TimeSpan time) => (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalMilliseconds));
}
