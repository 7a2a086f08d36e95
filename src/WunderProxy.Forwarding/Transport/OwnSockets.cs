using System.Globalization;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Finds the sockets among the descriptors of this process, from <c>/proc/self/fd</c>.</summary>
internal static class OwnSockets
{
    private const string Directory = "/proc/self/fd";
    private const string LinkStart = "socket:[";

    /// <summary>Counts how many of the sockets with these inodes belong to this process.</summary>
    /// <returns>
    /// The count, or null if the descriptors cannot be listed, for example because no descriptor is left to list them
    /// with.
    /// </returns>
    public static int? Count(IEnumerable<uint> inodes)
    {
        var wanted = inodes.Where(inode => inode != 0).ToHashSet();
        try
        {
            return wanted.Count == 0 ? 0 : Links().Count(link => InodeOf(link) is { } inode && wanted.Contains(inode));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string?> Links()
    {
        foreach (var name in System.IO.Directory.EnumerateFileSystemEntries(Directory))
        {
            string? link = null;
            try
            {
                link = new FileInfo(name).LinkTarget;
            }
            catch (IOException)
            {
                // The descriptor was closed after it was listed.
            }

            yield return link;
        }
    }

    private static uint? InodeOf(string? link) =>
        link is not null
        && link.StartsWith(LinkStart, StringComparison.Ordinal)
        && uint.TryParse(link.AsSpan(LinkStart.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? inode
            : null;
}
