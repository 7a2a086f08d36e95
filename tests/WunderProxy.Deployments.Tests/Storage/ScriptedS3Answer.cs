namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>What a scripted server says.</summary>
/// <param name="Status">0: nothing at all.</param>
/// <param name="Body">All of it.</param>
/// <param name="ETag">As the server writes it, with or without quotes; empty for none.</param>
internal sealed record ScriptedS3Answer(int Status, string Body = "", string ETag = "")
{
    /// <summary>Without a length, in chunks.</summary>
    public bool IsChunked { get; init; }

    /// <summary>A header of one's own, <c>Name: value</c>; null for none.</summary>
    public string? Header { get; init; }

    /// <summary>The body where it is no text; null when <see cref="Body"/> is it.</summary>
    public byte[]? Bytes { get; init; }

    public static ScriptedS3Answer Error(int status, string code) =>
        new(status, $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
}
