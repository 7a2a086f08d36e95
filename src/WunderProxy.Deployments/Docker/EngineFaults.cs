using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;

namespace WunderProxy.Deployments.Docker;

/// <summary>Says what an exception of a call to the engine means, and in which words users hear of it.</summary>
internal static class EngineFaults
{
    /// <summary>Whether a fault means that the engine does not answer, and not that the caller cancelled.</summary>
    public static bool IsAway(Exception exception, CancellationToken cancellationToken) =>
        FindBroken(exception) is null
        && (exception is HttpRequestException or IOException or SocketException or EngineUnavailableException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested));

    /// <summary>
    /// Whether a fault means that an answer does not fit the library's models. The library's converters let more than
    /// <see cref="JsonException"/> through.
    /// </summary>
    public static bool IsUnreadable(Exception exception) =>
        exception is JsonException or FormatException or OverflowException or ArgumentException or NotSupportedException
            or NotImplementedException or (InvalidOperationException and not ObjectDisposedException);

    /// <summary>
    /// Returns the fault of the archive being sent, which the HTTP client wraps, or null for any other fault.
    /// </summary>
    public static ArchiveBrokenException? FindBroken(Exception exception) =>
        exception as ArchiveBrokenException ?? exception.InnerException as ArchiveBrokenException;

    /// <summary>Says how an engine failed to answer, as the end of a sentence about the engine.</summary>
    public static string Describe(Exception exception)
    {
        if (exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded })
        {
            return "broke off in the middle of an answer";
        }

        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return $"does not answer: {(exception is OperationCanceledException ? "time-out" : exception.Message)}";
    }

    /// <summary>Returns the engine's own message of an error, else the body as text, else the status.</summary>
    public static string MessageOf(DockerApiException exception)
    {
        var body = exception.ResponseBody ?? "";
        var message = Parse(body) ?? body.Trim();
        return message.Length > 0 ? message : string.Create(CultureInfo.InvariantCulture, $"status {(int)exception.StatusCode}");
    }

    private static string? Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TextOf("message");
        }
        catch (JsonException)
        {
            // Answers to very old API versions are plain text.
            return null;
        }
    }
}
