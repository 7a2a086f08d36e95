namespace WunderProxy.Forwarding.Http1;

/// <summary>The head of an upstream's response, interim or final.</summary>
internal sealed class ResponseHead : MessageHead
{
    private Range _reasonPhrase;

    /// <summary>100 to 999.</summary>
    public int StatusCode { get; private set; }

    /// <summary>Whether another response follows for the same request: 1xx but 101 (RFC 9110 section 15.2).</summary>
    public bool IsInterim => StatusCode < 200 && !IsSwitchingProtocols;

    /// <summary>Whether the upstream leaves HTTP: 101 (RFC 9110 section 15.2.2).</summary>
    public bool IsSwitchingProtocols => StatusCode == 101;

    /// <summary>The reason phrase as sent; may be empty.</summary>
    public ReadOnlySpan<byte> ReasonPhrase => Bytes[_reasonPhrase];

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        StatusCode = 0;
        _reasonPhrase = default;
    }

    /// <summary>Takes a complete head and copies its bytes.</summary>
    internal void Complete(int minorVersion, int statusCode, Range reasonPhrase, ReadOnlySpan<byte> bytes)
    {
        SetMinorVersion(minorVersion);
        StatusCode = statusCode;
        _reasonPhrase = reasonPhrase;
        Own(bytes, 0);
    }
}
