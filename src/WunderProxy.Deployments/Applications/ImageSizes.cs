using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// The sizes of the images of the deployments in care. The engine is asked once for each image, by background work and
/// never for a metric. Changed by one task at a time, and read from others.
/// </summary>
/// <param name="images">The engine's calls about images.</param>
internal sealed class ImageSizes(EngineImages images)
{
    private volatile Dictionary<string, long> _sizes = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the bytes of these images, each counted once; null if none is known. Layers that images share are counted
    /// for each of them.
    /// </summary>
    public long? Total(IEnumerable<string> ids)
    {
        var sizes = _sizes;
        long[] known = [.. ids.Distinct(StringComparer.Ordinal).Where(sizes.ContainsKey).Select(id => sizes[id])];
        return known.Length == 0 ? null : known.Sum();
    }

    /// <summary>Asks for the sizes of the images that are not known yet, and forgets all others.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task RefreshAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var next = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var id in ids.Where(id => id.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (_sizes.TryGetValue(id, out var known))
            {
                next.Add(id, known);
            }
            else if (await FindAsync(id, cancellationToken) is { } size)
            {
                next.Add(id, size);
            }
        }

        _sizes = next;
    }

    private async Task<long?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await images.FindAsync(id, cancellationToken))?.Size;
        }
        catch (DockerEngineException)
        {
            // The next round asks again.
            return null;
        }
    }
}
