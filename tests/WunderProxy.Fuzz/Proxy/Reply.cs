namespace WunderProxy.Fuzz.Proxy;

/// <summary>What the origin says to one request, and does then.</summary>
internal sealed record Reply
{
    /// <summary>The bytes, in the pieces in which they are sent; none to say nothing.</summary>
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>What becomes of the connection.</summary>
    public required ReplyEnd End { get; init; }

    /// <summary>Whether it is said as soon as the head of the request is there.</summary>
    public bool IsEarly { get; init; }

    /// <summary>The content that the client has to get; null for an answer that is not in order.</summary>
    public string? Content { get; init; }

    /// <summary>Whether the answer is a 101 in order.</summary>
    public bool IsUpgrade { get; init; }
}
