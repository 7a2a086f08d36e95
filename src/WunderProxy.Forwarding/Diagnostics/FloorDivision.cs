namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Divides times since 1970 so that times before 1970 fall into the right second, minute or place too: a machine without
/// a battery for its clock may start in 1970, and a clock may be set to any time.
/// </summary>
internal static class FloorDivision
{
    /// <summary>Returns the quotient, rounded down; the operators of the language round towards 0.</summary>
    /// <param name="value">A time, or the number of a second or minute; may be negative.</param>
    /// <param name="divisor">Length of the parts, above 0.</param>
    public static long Quotient(long value, long divisor) => (value - Remainder(value, divisor)) / divisor;

    /// <summary>Returns the distance of a value from the start of its part, from 0 up to below the divisor.</summary>
    /// <param name="value">A time, or the number of a second or minute; may be negative.</param>
    /// <param name="divisor">Length of the parts, above 0.</param>
    public static long Remainder(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }
}
