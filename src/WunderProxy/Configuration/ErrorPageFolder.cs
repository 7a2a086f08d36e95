using WunderProxy.Forwarding.Applications;

namespace WunderProxy.Configuration;

/// <summary>The error pages in a directory, read once at start.</summary>
/// <param name="Pages">Content of each page by file name.</param>
/// <param name="Unused">Names of files that no answer uses.</param>
internal sealed record ErrorPageFolder(IReadOnlyDictionary<string, byte[]> Pages, IReadOnlyList<string> Unused)
{
    /// <summary>Largest size of a page in bytes; every answer contains the whole page.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string Option = "--error-pages";
    private const int MaxNamed = 10;

    /// <summary>A folder without pages, for the built-in answers.</summary>
    public static ErrorPageFolder None { get; } = new(new Dictionary<string, byte[]>(StringComparer.Ordinal), []);

    /// <summary>A warning for the operator about unused files; null if there are none.</summary>
    public string? Warning => Unused.Count == 0
        ? null
        : $"{Option}: files that are never used, because the proxy makes no such answer or does not look for such a name: "
            + string.Join(", ", Unused.Take(MaxNamed)) + (Unused.Count > MaxNamed ? ", ..." : string.Empty)
            + $" (used are {string.Join(", ", ProxyApplication.ErrorPageNames)})";

    /// <summary>Reads all pages of a directory.</summary>
    /// <exception cref="UsageException">
    /// The directory or a page cannot be read, is not a regular file or is too large.
    /// </exception>
    public static ErrorPageFolder Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new UsageException($"{Option}: no such directory: {directory}");
        }

        try
        {
            var names = Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).ToArray();
            var used = ProxyApplication.ErrorPageNames.Where(name => names.Contains(name, StringComparer.Ordinal));
            return new ErrorPageFolder(
                used.ToDictionary(name => name, name => ReadPage(Path.Combine(directory, name)), StringComparer.Ordinal),
                [.. names.Except(ProxyApplication.ErrorPageNames, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{Option}: {exception.Message}", exception);
        }
    }

    private static byte[] ReadPage(string path)
    {
        // Opening a pipe would block the start until a writer appears.
        if (OperatingSystem.IsLinux() && FileFacts.Of(path, followLink: true) is not { IsRegular: true })
        {
            throw new UsageException($"{Option}: {path} is not an ordinary file");
        }

        return new FileInfo(path).Length > MaxBytes
            ? throw new UsageException($"{Option}: {path} is larger than {MaxBytes / 1024 / 1024} MiB")
            : File.ReadAllBytes(path);
    }
}
