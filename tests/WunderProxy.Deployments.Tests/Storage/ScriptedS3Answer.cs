namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>What a scripted server says.</summary>
/// <param name="Status">0: nothing at all.</param>
/// <param name="Body">All of it.</param>
/// <param name="ETag">As the server writes it, with or without quotes.</param>
internal sealed record ScriptedS3Answer(int Status, string Body = "", string ETag = "")
{
    public static ScriptedS3Answer Error(int status, string code) =>
        new(status, $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
}
