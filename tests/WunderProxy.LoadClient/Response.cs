namespace WunderProxy.LoadClient;

/// <summary>A complete response, as read.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">Header values by name, in any case; several lines of one name are joined by a comma.</param>
/// <param name="BodyBytes">Length of the content, without chunk framing and compression.</param>
/// <param name="BodyDigest">SHA-256 of the same content in lower-case hex.</param>
/// <param name="BodyStart">The first bytes of the content, at most <see cref="ResponseReader.KeptBytes"/>.</param>
/// <param name="CanReuse">Whether the connection may carry another request.</param>
public sealed record Response(
    int Status,
    IReadOnlyDictionary<string, string> Headers,
    long BodyBytes,
    string BodyDigest,
    string BodyStart,
    bool CanReuse);
