using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>One chunked body and what becomes of it.</summary>
/// <param name="Source">The RFC section or attack class that the row is about.</param>
/// <param name="Input">The bytes, in Latin-1.</param>
/// <param name="Payload">The content, if it is accepted.</param>
/// <param name="Forwarded">What is passed on; the same as the input if null.</param>
/// <param name="Rejection">None if it is accepted.</param>
internal sealed record ChunkedCase(
    string Source,
    string Input,
    string Payload = "",
    string? Forwarded = null,
    ChunkRejection Rejection = ChunkRejection.None)
{
    public override string ToString() => $"{Source}: {Latin1.Escape(Input)}";
}
