namespace WunderProxy.Forwarding.Http1;

/// <summary>A set of known header names, stored as bits.</summary>
internal readonly record struct HeaderNameSet
{
    private readonly ulong _bits;

    /// <summary>Creates a set of these names.</summary>
    public HeaderNameSet(params ReadOnlySpan<HeaderName> names)
    {
        foreach (var name in names)
        {
            _bits |= 1UL << (int)name;
        }
    }

    /// <summary>Whether the name is in the set.</summary>
    public bool Contains(HeaderName name) => (_bits & (1UL << (int)name)) != 0;
}
