namespace WunderProxy.TestSupport.Otlp;

/// <summary>One request that a receiver got.</summary>
/// <param name="Path">The path that it was sent to.</param>
/// <param name="ContentType">The media type of its body.</param>
/// <param name="Encoding">The content coding of its body; null for none.</param>
/// <param name="Headers">Its header fields, by name in lower case.</param>
/// <param name="Body">Its body, after a coding was undone.</param>
public sealed record OtlpCall(
    string Path, string? ContentType, string? Encoding, IReadOnlyDictionary<string, string> Headers, byte[] Body);
