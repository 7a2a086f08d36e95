namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>Enumerates the entity tags in one value of If-None-Match (RFC 9110 section 8.8.3).</summary>
/// <remarks>
/// A tag may itself contain commas and <c>W/</c>: only its quotes delimit it. Text between two tags and a tag without a
/// closing quote are skipped.
/// </remarks>
internal ref struct EntityTags(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>The current tag from its opening to its closing quote, without the <c>W/</c> of a weak one.</summary>
    public ReadOnlySpan<byte> Opaque { get; private set; } = default;

    /// <summary>Whether the current tag is weak.</summary>
    public bool IsWeak { get; private set; } = false;

    /// <summary>Advances to the next tag; returns false after the last one.</summary>
    public bool MoveNext()
    {
        var open = _rest.IndexOf((byte)'"');
        var length = _rest[(open + 1)..].IndexOf((byte)'"') + 2;
        if (open < 0 || length < 2)
        {
            return false;
        }

        IsWeak = _rest[..open].EndsWith("W/"u8);
        Opaque = _rest.Slice(open, length);
        _rest = _rest[(open + length)..];
        return true;
    }
}
