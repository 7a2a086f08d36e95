using Docker.DotNet.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>Sums the progress of all layers of a pull or load.</summary>
internal sealed class PullProgressCounter
{
    private readonly Dictionary<string, (long Done, long Total)> _layers = new(StringComparer.Ordinal);

    /// <summary>Adds one message and returns the sum so far.</summary>
    public PullProgress Add(JSONMessage message)
    {
        // Extracting counts the same bytes again, so only the transfer is added up.
        var isTransfer = message.Status is "Downloading" or "Loading layer";
        if (isTransfer && message is { ID: { } layer, Progress: { Current: { } current, Total: > 0 and var total } })
        {
            _layers[layer] = (current, total);
        }
        else if (message is { Status: "Download complete" or "Pull complete", ID: { } done }
            && _layers.TryGetValue(done, out var known))
        {
            _layers[done] = (known.Total, known.Total);
        }

        var text = message.Status ?? message.Stream?.Trim() ?? "";
        return new PullProgress(
            message.ID is null ? text : $"{message.ID}: {text}",
            _layers.Values.Sum(layer => layer.Done),
            _layers.Values.Sum(layer => layer.Total));
    }
}
