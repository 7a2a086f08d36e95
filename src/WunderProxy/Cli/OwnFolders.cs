using WunderProxy.Deployments.Storage;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Cli;

/// <summary>The folders that a process writes to, by what they are for.</summary>
internal static class OwnFolders
{
    /// <summary>Returns the folders that have a path on this machine.</summary>
    /// <param name="buffers">What is held of bodies; null if nothing is.</param>
    /// <param name="state">Path of the state directory; null for <c>forward</c>.</param>
    /// <param name="bucket">The store; null for <c>forward</c>.</param>
    public static IReadOnlyDictionary<string, string> Of(BufferOptions? buffers, string? state = null, string? bucket = null)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        if (state is not null)
        {
            folders.Add("state", state);
        }

        if (buffers is { Directory: { } directory, DiskBytes: > 0 })
        {
            folders.Add("buffers", Path.GetFullPath(directory));
        }

        if (bucket?.StartsWith(ObjectStores.DirectoryScheme, StringComparison.Ordinal) == true)
        {
            folders.Add("store", Path.GetFullPath(bucket[ObjectStores.DirectoryScheme.Length..]));
        }

        return folders;
    }
}
