namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// A request head that satisfies RFC 9112 sections 2 to 5; <see cref="MessageFraming"/> decides its framing afterwards.
/// </summary>
internal sealed class RequestHead : MessageHead
{
    private RequestLine _line;
    private int _hostStart;
    private int _hostLength;
    private int _pathStart;
    private int _pathLength;

    /// <summary>The bytes of the method, as received.</summary>
    public ReadOnlySpan<byte> Method => Slice(0, _line.MethodLength);

    /// <summary>The method, if the proxy tells it apart; else <see cref="KnownMethod.Other"/>.</summary>
    public KnownMethod KnownMethod => _line.Method;

    /// <summary>Whether the request may be sent twice (RFC 9110 section 9.2.2).</summary>
    public bool IsIdempotent => _line.Method.IsIdempotent();

    /// <summary>The request target as received.</summary>
    public ReadOnlySpan<byte> Target => Slice(_line.TargetStart, _line.TargetLength);

    /// <summary>The form of the request target.</summary>
    public TargetForm TargetForm => _line.Form;

    /// <summary>
    /// The target as an origin server expects it: path and query, "/" for an empty path, "*" for OPTIONS of a whole
    /// server (RFC 9112 section 3.2).
    /// </summary>
    public ReadOnlySpan<byte> OriginTarget => Slice(_pathStart, _pathLength);

    /// <summary>The authority of an absolute target; empty for the other forms.</summary>
    public ReadOnlySpan<byte> Authority => Slice(_line.PathStart - _line.AuthorityLength, _line.AuthorityLength);

    /// <summary>The value of Host; empty if the header is empty or absent (HTTP/1.0).</summary>
    public ReadOnlySpan<byte> Host => Slice(_hostStart, _hostLength);

    /// <summary>
    /// The host addressed by the request: the authority of an absolute target, which overrules Host (RFC 9112 section
    /// 3.2.2), else Host. This is the value of Host when forwarding.
    /// </summary>
    public ReadOnlySpan<byte> EffectiveHost => _line.Form == TargetForm.Absolute ? Authority : Host;

    /// <summary>
    /// Whether the client waits for a 100 response before it sends the body (RFC 9110 section 10.1.1); false in
    /// HTTP/1.0.
    /// </summary>
    public bool Expects100Continue => MinorVersion >= 1 && HasToken(HeaderName.Expect, "100-continue"u8);

    /// <summary>Whether the client accepts trailers: "TE: trailers" (RFC 9110 section 10.1.4).</summary>
    public bool AcceptsTrailers => HasToken(HeaderName.TE, "trailers"u8);

    /// <summary>
    /// The value of Max-Forwards, which binds OPTIONS and TRACE (RFC 9110 section 7.6.2); null if absent or not a
    /// single plain number.
    /// </summary>
    public long? MaxForwards => Count(HeaderName.MaxForwards) == 1
        && Grammar.TryReadDecimal(ValueOf(HeaderName.MaxForwards), out var value) ? value : null;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _line = default;
        _hostStart = _hostLength = 0;
        _pathStart = _pathLength = 0;
    }

    /// <summary>
    /// Fills the head from a parsed request: copies its bytes and derives the target for an origin server.
    /// </summary>
    internal void Complete(in RequestLine line, ReadOnlySpan<byte> bytes)
    {
        _line = line;
        SetMinorVersion(line.MinorVersion);
        var path = bytes[line.PathStart..(line.TargetStart + line.TargetLength)];
        var isComplete = !path.IsEmpty && path[0] is (byte)'/' or (byte)'*';
        if (isComplete)
        {
            Own(bytes, 0);
            _pathStart = line.PathStart;
            _pathLength = path.Length;
            return;
        }

        // A missing path, as in "http://host" or "http://host?query", is completed in the extra bytes after the head.
        var made = Own(bytes, path.Length + 1);
        made[0] = path.IsEmpty && line.Method == KnownMethod.Options ? (byte)'*' : (byte)'/';
        path.CopyTo(made[1..]);
        _pathStart = bytes.Length;
        _pathLength = made.Length;
    }

    /// <summary>Keeps only the method of a head whose fields are refused or incomplete.</summary>
    internal void RememberMethod(KnownMethod method) => _line = new RequestLine { Method = method };

    internal void SetHost(in HeaderField field)
    {
        _hostStart = field.ValueStart;
        _hostLength = field.ValueLength;
    }
}
