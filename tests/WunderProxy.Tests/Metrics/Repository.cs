namespace WunderProxy.Tests.Metrics;

/// <summary>The folder of the sources, whose documents are compared with the program.</summary>
internal static class Repository
{
    /// <summary>The folder above the tests that has the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no WunderProxy.sln above the tests.");
        }

        return folder.FullName;
    }
}
