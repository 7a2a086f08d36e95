using System.Globalization;

namespace WunderProxy.Forwarding.Transport;

/// <summary>The sockets among the descriptors of this process, as <c>/proc/self/fd</c> shows them.</summary>
internal static class OwnSockets
{
    private const string Directory = "/proc/self/fd";
    private const string LinkStart = "socket:[";

    /// <summary>Counts the sockets of this process among those with certain inodes.</summary>
    /// <returns>Null when the descriptors cannot be listed, as when there is none left to list them with.</returns>
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
                // Closed since it was listed.
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
