namespace WunderProxy.Deployments.Storage;

/// <summary>The condition under which a write happens (RFC 9110 section 13.1).</summary>
public readonly record struct PutCondition
{
    private PutCondition(bool ifAbsent, string? etag) => (MustBeAbsent, ETag) = (ifAbsent, etag);

    /// <summary>The write always happens and replaces an existing object.</summary>
    public static PutCondition None => default;

    /// <summary>The write happens only if the key has no object (<c>If-None-Match: *</c>).</summary>
    public static PutCondition IfAbsent { get; } = new(ifAbsent: true, etag: null);

    /// <summary>Whether the key must have no object.</summary>
    public bool MustBeAbsent { get; }

    /// <summary>The entity tag, without quotes, that the object must still have; null without this condition.</summary>
    public string? ETag { get; }

    /// <summary>
    /// Returns the condition that the object is still the one that was read (<c>If-Match</c>). An empty tag, from a
    /// server that sends none, cannot be compared: such a write ends as <see cref="PutOutcome.NotSupported"/>.
    /// </summary>
    public static PutCondition IfMatch(string etag) => new(ifAbsent: false, EntityTag.Opaque(etag));

    /// <summary>
    /// Returns the condition that nothing changed since <paramref name="read"/>, which is null if there was no object.
    /// </summary>
    public static PutCondition Unchanged(StoredObject? read) => read is null ? IfAbsent : IfMatch(read.ETag);
}
