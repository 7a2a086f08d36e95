using System.Diagnostics;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The value of Date (RFC 9110 section 5.6.7), formatted once a second. One object for each loop.</summary>
internal sealed class DateText
{
    private const int Length = 29;

    private readonly byte[] _text = new byte[Length];
    private long _second = long.MinValue;

    /// <summary>Returns the value for a time in milliseconds since 1970; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long unixMilliseconds)
    {
        var second = FloorDivision.Quotient(unixMilliseconds, 1000);
        if (second != _second)
        {
            var fits = DateTimeOffset.FromUnixTimeSeconds(second).TryFormat(_text, out var written, "R");
            Debug.Assert(fits && written == Length, "the format has one length");
            _second = second;
        }

        return _text;
    }
}
