namespace WunderProxy.Forwarding.Http1;

/// <summary>Position of one header line, and of its parts, in the bytes of its head.</summary>
/// <param name="LineStart">Offset of the line and of its name.</param>
/// <param name="NameLength">Length of the name in bytes.</param>
/// <param name="ValueStart">Offset of the value, without leading white space.</param>
/// <param name="ValueLength">Length of the value in bytes, without trailing white space; may be 0.</param>
/// <param name="LineEnd">Offset of the byte after the line's CRLF, where the next line starts.</param>
/// <param name="Known">The name, if the proxy has a rule about it; else <see cref="HeaderName.Unknown"/>.</param>
/// <param name="Flags">How a forwarder has to treat the header.</param>
internal readonly record struct HeaderField(
    int LineStart, int NameLength, int ValueStart, int ValueLength, int LineEnd, HeaderName Known, HeaderFlags Flags);
