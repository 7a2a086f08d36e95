using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>Reads and writes events as the JSON that is stored under <c>events/</c>.</summary>
internal static class EventJson
{
    private const string Cut = " …";

    /// <summary>
    /// Writes an event of at most <see cref="DocumentLimits.Event"/> bytes. Texts that are too long are cut, and
    /// invalid text becomes U+FFFD, so that no event is lost because of what it quotes.
    /// </summary>
    public static byte[] Write(DeploymentEvent recorded)
    {
        for (var limit = DocumentLimits.Event; ; limit /= 2)
        {
            var fitting = recorded with
            {
                By = Fit(recorded.By, limit),
                Host = Fit(recorded.Host, limit),
                Revision = Fit(recorded.Revision, limit),
                Hash = Fit(recorded.Hash, limit),
                FromHash = Fit(recorded.FromHash, limit),
                Result = Fit(recorded.Result, limit),
                Reason = Fit(recorded.Reason, limit),
            };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(fitting, HistoryJsonContext.Default.DeploymentEvent);
            if (bytes.Length <= DocumentLimits.Event)
            {
                return bytes;
            }
        }
    }

    /// <summary>Reads a deployment event from the JSON text under which it is stored.</summary>
    /// <returns>False if the bytes are not an event.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out DeploymentEvent? read)
    {
        try
        {
            read = JsonSerializer.Deserialize(LenientJson.Repair(bytes).Span, HistoryJsonContext.Default.DeploymentEvent);
            if (read is not { Type: not null, By: not null, Host: not null })
            {
                return false;
            }

            // Fields that are null in an object that somebody else wrote are as if they were missing.
            read = read with
            {
                Revision = read.Revision ?? "",
                Hash = read.Hash ?? "",
                FromHash = read.FromHash ?? "",
                Result = read.Result ?? DeploymentEvent.Ok,
                Reason = read.Reason ?? "",
            };
            return true;
        }
        catch (JsonException)
        {
            read = null;
            return false;
        }
    }

    private static string Fit(string text, int limitChars) =>
        LenientJson.WellFormed(text.Length <= limitChars ? text : string.Concat(text.AsSpan(0, limitChars), Cut));
}
