using WunderProxy.Forwarding.Applications;

namespace WunderProxy.Configuration;

/// <summary>The directory of error pages, read once at start.</summary>
/// <param name="Pages">Contents of the pages by file name.</param>
/// <param name="Unused">Names of files that no answer uses.</param>
internal sealed record ErrorPageFolder(IReadOnlyDictionary<string, byte[]> Pages, IReadOnlyList<string> Unused)
{
    /// <summary>Largest page: every answer carries one whole.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string Option = "--error-pages";
    private const int MaxNamed = 10;

    /// <summary>No pages.</summary>
    public static ErrorPageFolder None { get; } = new(new Dictionary<string, byte[]>(StringComparer.Ordinal), []);

    /// <summary>What an operator should know; null for nothing.</summary>
    public string? Warning => Unused.Count == 0
        ? null
        : $"{Option}: never used, since the proxy makes no such answer or does not look for such a name: "
            + string.Join(", ", Unused.Take(MaxNamed)) + (Unused.Count > MaxNamed ? ", ..." : string.Empty)
            + $" (used are {string.Join(", ", ProxyApplication.ErrorPageNames)})";

    /// <summary>Reads the pages.</summary>
    /// <exception cref="UsageException">The directory or a page cannot be read, is no ordinary file or too large.</exception>
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
        // A pipe would keep the start waiting for somebody to write into it.
        if (OperatingSystem.IsLinux() && FileFacts.Of(path, followLink: true) is not { IsRegular: true })
        {
            throw new UsageException($"{Option}: {path} is not an ordinary file");
        }

        return new FileInfo(path).Length > MaxBytes
            ? throw new UsageException($"{Option}: {path} is larger than {MaxBytes / 1024 / 1024} MiB")
            : File.ReadAllBytes(path);
    }
}
