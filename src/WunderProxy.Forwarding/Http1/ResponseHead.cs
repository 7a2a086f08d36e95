namespace WunderProxy.Forwarding.Http1;

/// <summary>The head of an interim or final response of an upstream.</summary>
internal sealed class ResponseHead : MessageHead
{
    private Range _reasonPhrase;

    /// <summary>The status code, 100 to 999.</summary>
    public int StatusCode { get; private set; }

    /// <summary>
    /// Whether another response to the same request follows: a 1xx other than 101 (RFC 9110 section 15.2).
    /// </summary>
    public bool IsInterim => StatusCode < 200 && !IsSwitchingProtocols;

    /// <summary>Whether the upstream leaves HTTP with a 101 (RFC 9110 section 15.2.2).</summary>
    public bool IsSwitchingProtocols => StatusCode == 101;

    /// <summary>The reason phrase as received; may be empty.</summary>
    public ReadOnlySpan<byte> ReasonPhrase => Bytes[_reasonPhrase];

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        StatusCode = 0;
        _reasonPhrase = default;
    }

    /// <summary>Leaves a header line, by its position in <see cref="MessageHead.Fields"/>, out of what the client gets.</summary>
    public void LeaveOut(int index) => Mark(index, HeaderFlags.LeftOut);

    /// <summary>
    /// Adds a header line behind those of the upstream, for the client. Call once the upstream's own lines have been
    /// judged: from now on they and this one are told apart by nothing.
    /// </summary>
    /// <param name="name">The name of the line, which has a spelling.</param>
    /// <param name="value">A valid value, which may be a part of this head.</param>
    public void Append(HeaderName name, ReadOnlySpan<byte> value) => AppendLine(name, default, value);

    /// <summary>Adds a header line whose value is the two parts, one after the other.</summary>
    public void Append(HeaderName name, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value) => AppendLine(name, before, value);

    /// <summary>Fills the head from a parsed response and copies its bytes.</summary>
    internal void Complete(int minorVersion, int statusCode, Range reasonPhrase, ReadOnlySpan<byte> bytes)
    {
        SetMinorVersion(minorVersion);
        StatusCode = statusCode;
        _reasonPhrase = reasonPhrase;
        Own(bytes, 0);
    }
}
