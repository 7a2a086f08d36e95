using System.Globalization;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// Writes times as <c>2026-11-22T09:40:07.123Z</c>. The part up to the second is kept, because thousands of lines have it in
/// common. One object for each loop.
/// </summary>
internal sealed class TimestampText
{
    private const int MillisecondsAt = 20;

    private readonly byte[] _text = "0000-00-00T00:00:00.000Z"u8.ToArray();
    private long _second = long.MinValue;

    /// <summary>Returns the text of a time; valid until the next call.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970.</param>
    public ReadOnlySpan<byte> At(long unixMilliseconds)
    {
        var milliseconds = FloorDivision.Remainder(unixMilliseconds, 1000);
        var second = (unixMilliseconds - milliseconds) / 1000;
        if (second != _second)
        {
            _second = second;
            DateTimeOffset.FromUnixTimeSeconds(second).TryFormat(
                _text, out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        }

        _text[MillisecondsAt] = (byte)('0' + (milliseconds / 100));
        _text[MillisecondsAt + 1] = (byte)('0' + (milliseconds / 10 % 10));
        _text[MillisecondsAt + 2] = (byte)('0' + (milliseconds % 10));
        return _text;
    }
}
