namespace WunderProxy.Forwarding.Http1;

/// <summary>Where one header line stands in the bytes of its head.</summary>
/// <param name="LineStart">Offset of the line, which is the offset of its name.</param>
/// <param name="NameLength">Bytes of the name.</param>
/// <param name="ValueStart">Offset of the value without leading white space.</param>
/// <param name="ValueLength">Bytes of the value without trailing white space; may be 0.</param>
/// <param name="LineEnd">Offset behind the line's CRLF, which is where the next line starts.</param>
/// <param name="Known">The name, if it is one that the proxy acts upon.</param>
/// <param name="Flags">What the header is to a forwarder.</param>
internal readonly record struct HeaderField(
    int LineStart, int NameLength, int ValueStart, int ValueLength, int LineEnd, HeaderName Known, HeaderFlags Flags);
