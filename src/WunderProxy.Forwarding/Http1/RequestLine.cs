namespace WunderProxy.Forwarding.Http1;

/// <summary>Where the parts of a request line stand, counted from its start (RFC 9112 section 3).</summary>
/// <param name="Method">The method, if known; its bytes are the first <paramref name="MethodLength"/>.</param>
/// <param name="MethodLength">Bytes of the method.</param>
/// <param name="TargetLength">Bytes of the target, which starts one behind the method.</param>
/// <param name="Form">Form of the target.</param>
/// <param name="AuthorityLength">Bytes of the authority of an absolute target; 0 for the other forms.</param>
/// <param name="PathStart">Offset of path and query; of "*" for that form.</param>
/// <param name="MinorVersion">0 or 1.</param>
/// <param name="Length">Bytes of the line with its CRLF.</param>
internal readonly record struct RequestLine(
    KnownMethod Method,
    int MethodLength,
    int TargetLength,
    TargetForm Form,
    int AuthorityLength,
    int PathStart,
    int MinorVersion,
    int Length)
{
    /// <summary>Offset of the target.</summary>
    public int TargetStart => MethodLength + 1;
}
