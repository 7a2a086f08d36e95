namespace WunderProxy.Forwarding.Http1;

/// <summary>The framing of one message, decided by <see cref="MessageFraming"/>.</summary>
/// <param name="Kind">How the end of the body is known.</param>
/// <param name="Length">
/// Bytes of the body of <see cref="BodyKind.Length"/>. Without a body: the Content-Length that a response to HEAD, or a
/// 304, has to carry on, -1 if none. Otherwise -1.
/// </param>
internal readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    /// <summary>A message without a body and without a Content-Length to carry on.</summary>
    public static BodyFraming None { get; } = new(BodyKind.None, -1);

    /// <summary>A chunked body, whose length is not known in advance.</summary>
    public static BodyFraming Chunked { get; } = new(BodyKind.Chunked, -1);

    /// <summary>A response body that ends when the upstream closes the connection.</summary>
    public static BodyFraming UntilClose { get; } = new(BodyKind.UntilClose, -1);

    /// <summary>Whether any body bytes may follow the head.</summary>
    public bool HasBody => Kind is BodyKind.Chunked or BodyKind.UntilClose || (Kind == BodyKind.Length && Length > 0);
}
