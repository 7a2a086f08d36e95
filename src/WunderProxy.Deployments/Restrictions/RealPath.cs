namespace WunderProxy.Deployments.Restrictions;

/// <summary>Resolves the links in a path as the kernel does.</summary>
internal static class RealPath
{
    /// <summary>Most links followed in one path, the same as in Linux.</summary>
    private const int MaxLinks = 40;

    /// <summary>Returns the path without links; parts that do not exist are kept as written.</summary>
    /// <exception cref="IOException">The path has too many links, or a part that cannot be examined.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not search a directory of the path.</exception>
    public static string Of(string path)
    {
        var open = new Stack<string>(PartsOf(path).Reverse());
        List<string> real = [];
        var links = 0;
        while (open.TryPop(out var part))
        {
            if (part == "..")
            {
                real.RemoveRange(Math.Max(real.Count - 1, 0), Math.Min(real.Count, 1));
                continue;
            }

            real.Add(part);
            if (TargetOf("/" + string.Join('/', real)) is not { } target)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"there are too many links in {path}");
            }

            real.RemoveAt(real.Count - 1);
            if (target.StartsWith('/'))
            {
                real.Clear();
            }

            foreach (var next in PartsOf(target).Reverse())
            {
                open.Push(next);
            }
        }

        return "/" + string.Join('/', real);
    }

    private static IEnumerable<string> PartsOf(string path) => path.Split('/').Where(part => part is not ("" or "."));

    private static string? TargetOf(string path)
    {
        try
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint) ? new FileInfo(path).LinkTarget : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
