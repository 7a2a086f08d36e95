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
            if (line.Length > 0 && JsonSerializer.Deserialize(line, type) is { } value)
            {
                yield return value;
            }
        }
    }

    private static async Task<string?> ReadLineAsync(
        StreamReader reader, EngineConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception fault) when (EngineConnection.IsAway(fault, cancellationToken))
        {
            throw connection.Away(fault);
        }
    }
}
