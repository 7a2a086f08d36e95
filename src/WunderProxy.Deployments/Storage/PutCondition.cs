namespace WunderProxy.Deployments.Storage;

/// <summary>When a write may happen (RFC 9110 section 13.1).</summary>
public readonly record struct PutCondition
{
    private PutCondition(bool ifAbsent, string? etag) => (MustBeAbsent, ETag) = (ifAbsent, etag);

    /// <summary>Always: what is there is replaced.</summary>
    public static PutCondition None => default;

    /// <summary>Only when there is no object of that key (<c>If-None-Match: *</c>).</summary>
    public static PutCondition IfAbsent { get; } = new(ifAbsent: true, etag: null);

    /// <summary>Whether there must be no object of that key.</summary>
    public bool MustBeAbsent { get; }

    /// <summary>The mark that the object must still have, without quotes; null when that does not matter.</summary>
    public string? ETag { get; }

    /// <summary>
    /// Only when the object is still the one that was read (<c>If-Match</c>). An empty mark, from a server that sends
    /// none, cannot be compared: such a write is <see cref="PutOutcome.NotSupported"/>.
    /// </summary>
    public static PutCondition IfMatch(string etag) => new(ifAbsent: false, EntityTag.Opaque(etag));

    /// <summary>The condition that nothing changed since this was read, an absent object included.</summary>
    public static PutCondition Unchanged(StoredObject? read) => read is null ? IfAbsent : IfMatch(read.ETag);
}
