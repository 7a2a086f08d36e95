namespace WunderProxy.ManagerApi;

/// <summary>Shortens hashes and container ids to their first eight digits, as people know them.</summary>
internal static class ShortId
{
    private const int Length = 8;

    /// <summary>Returns the first eight digits of an id.</summary>
    public static string Of(string id) => id.Length <= Length ? id : id[..Length];
}
