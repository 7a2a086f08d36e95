namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>Finds programs of this machine that tests run. <c>eng/parts/packages.sh</c> names and installs each of them.</summary>
internal static class MachineProgram
{
    // Debian keeps servers where only root's PATH looks.
    private static readonly string[] ServerFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

    /// <summary>Returns the path of a program; a name with a slash is a path already.</summary>
    /// <exception cref="AssertionException">The program is not installed; the message says what installs it.</exception>
    public static string PathOf(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(ServerFolders);
        var path = name.Contains('/', StringComparison.Ordinal)
            ? name
            : folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path is not null && File.Exists(path)
            ? path
            : throw new AssertionException($"{name} is missing on this machine: eng/test.sh installs it, or eng/setup.sh with each --with");
    }
}
