namespace WunderProxy.ManagerApi;

/// <summary>
/// Shortens revisions where there is no room for a whole one, which may have 128 characters. The hash of a commit, of
/// 40 characters, stays whole; of a longer name beginning and end stay, since revisions differ there.
/// </summary>
internal static class ShortName
{
    private const int MaxLength = 40;
    private const int BeginLength = 16;
    private const int EndLength = 11;

    /// <summary>Returns a name of at most 40 characters, or 28 of a longer one.</summary>
    public static string Of(string name) =>
        name.Length <= MaxLength ? name : $"{name[..BeginLength]}…{name[^EndLength..]}";
}
