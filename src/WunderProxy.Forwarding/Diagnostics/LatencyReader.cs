namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Reads the buckets of a <see cref="LatencyHistogram"/> that are not empty, shortest duration first.</summary>
/// <param name="bytes">Pairs of numbers: the distance to the bucket before, and the count.</param>
internal ref struct LatencyReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private int _bucket = -1;

    /// <summary>Goes on to the next bucket that is not empty.</summary>
    /// <returns>Whether there was another one.</returns>
    public bool TryNext(out int bucket, out long count)
    {
        if (_rest.IsEmpty)
        {
            bucket = 0;
            count = 0;
            return false;
        }

        _bucket += (int)ReadNumber();
        bucket = _bucket;
        count = ReadNumber();
        return true;
    }

    /// <summary>Writes a number in groups of seven bits, the lowest first; a set high bit says that more follow.</summary>
    /// <returns>Number of bytes written, 1 to 9.</returns>
    public static int WriteNumber(Span<byte> target, long number)
    {
        var written = 0;
        while (number > 0x7F)
        {
            target[written++] = (byte)(number | 0x80);
            number >>= 7;
        }

        target[written++] = (byte)number;
        return written;
    }

    private long ReadNumber()
    {
        long number = 0;
        var shift = 0;
        var read = 0;
        byte next;
        do
        {
            next = _rest[read++];
            number |= (long)(next & 0x7F) << shift;
            shift += 7;
        }
        while (next > 0x7F);
        _rest = _rest[read..];
        return number;
    }
}
