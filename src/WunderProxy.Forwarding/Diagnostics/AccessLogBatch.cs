namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>A fixed array that collects whole lines of one loop.</summary>
internal sealed class AccessLogBatch
{
    /// <summary>Size of a batch; no line is longer.</summary>
    public const int SizeBytes = 64 * 1024;

    private readonly byte[] _bytes = new byte[SizeBytes];

    /// <summary>Bytes of whole lines.</summary>
    public int Length { get; private set; }

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Lines => _bytes.AsSpan(0, Length);

    /// <summary>The room that is left.</summary>
    public Span<byte> Free => _bytes.AsSpan(Length);

    /// <summary>Takes a line that was written into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Forgets the lines.</summary>
    public void Clear() => Length = 0;
}
