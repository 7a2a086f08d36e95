namespace WunderProxy.IntegrationTests.Scripts;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its top folder.</summary>
    public static string Folder { get; } = Find();

    /// <summary>The path of a file in it.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent ?? throw new AssertionException("the tests do not run below the repository");
        }

        return folder.FullName;
    }
}
