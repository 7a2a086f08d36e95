namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>A fixed array that collects complete access-log lines of one loop.</summary>
internal sealed class AccessLogBatch
{
    /// <summary>Size of a batch in bytes, and thereby the largest length of a line.</summary>
    public const int SizeBytes = 64 * 1024;

    private readonly byte[] _bytes = new byte[SizeBytes];

    /// <summary>Number of bytes used by complete lines.</summary>
    public int Length { get; private set; }

    /// <summary>The complete lines written so far.</summary>
    public ReadOnlySpan<byte> Lines => _bytes.AsSpan(0, Length);

    /// <summary>The unused part of the batch.</summary>
    public Span<byte> Free => _bytes.AsSpan(Length);

    /// <summary>Adds a line that the caller wrote into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Removes all lines from the batch.</summary>
    public void Clear() => Length = 0;
}
