namespace WunderProxy.Forwarding.Http1;

/// <summary>Positions of the parts of a request line, counted from its start (RFC 9112 section 3).</summary>
/// <param name="Method">The method, if known; its text is the first <paramref name="MethodLength"/> bytes.</param>
/// <param name="MethodLength">Length of the method in bytes.</param>
/// <param name="TargetLength">Length in bytes of the target, which starts one byte after the method.</param>
/// <param name="Form">The form of the target.</param>
/// <param name="AuthorityLength">Length in bytes of the authority of an absolute target; 0 for the other forms.</param>
/// <param name="PathStart">Offset of path and query, or of "*".</param>
/// <param name="MinorVersion">The minor version, 0 or 1.</param>
/// <param name="Length">Length of the line with its CRLF, in bytes.</param>
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
    /// <summary>Offset of the target from the start of the line.</summary>
    public int TargetStart => MethodLength + 1;
}
