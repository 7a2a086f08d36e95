using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.Deployments.Docker;

/// <summary>Reads the engine's streams of JSON values, one value per line.</summary>
internal static class EngineLines
{
    /// <summary>Yields each value as it arrives, until the engine ends the stream.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        EngineConnection connection,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(reader, connection, cancellationToken) is { } line)
        {
            if (line.Length > 0 && await ParseAsync(line, type, reader, connection, cancellationToken) is { } value)
            {
                yield return value;
            }
        }
    }

    private static async ValueTask<T?> ParseAsync<T>(
        string line, JsonTypeInfo<T> type, StreamReader reader, EngineConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException exception)
        {
            // A killed engine leaves its last line unfinished.
            if (await ReadLineAsync(reader, connection, cancellationToken) is null)
            {
                throw connection.BrokenOff(exception);
            }

            throw;
        }
    }

    private static async Task<string?> ReadLineAsync(
        StreamReader reader, EngineConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (EngineConnection.IsAway(exception, cancellationToken))
        {
            throw connection.Away(exception);
        }
    }
}
