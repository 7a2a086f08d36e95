namespace WunderProxy.ManagerApi;

/// <summary>The first eight digits of a hash or container id, as people know them.</summary>
internal static class ShortId
{
    private const int Length = 8;

    /// <summary>Shortens.</summary>
    public static string Of(string id) => id.Length <= Length ? id : id[..Length];
}
