namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Entity tags (RFC 9110 section 8.8.3) as servers send them: quoted, bare, or weakened by a compressing proxy on the way.
/// </summary>
internal static class EntityTag
{
    private const string WeakMark = "W/";

    /// <summary>The tag without quotes and without the mark of a weak one; empty for none.</summary>
    public static string Opaque(string? tag)
    {
        var text = (tag ?? "").Trim();
        return (text.StartsWith(WeakMark, StringComparison.OrdinalIgnoreCase) ? text[WeakMark.Length..] : text).Trim('"');
    }

    /// <summary>A tag as a server wants it in <c>If-Match</c>.</summary>
    public static string Format(string opaque, EntityTagForm form) => form switch
    {
        EntityTagForm.Bare => opaque,
        EntityTagForm.Weak => $"{WeakMark}\"{opaque}\"",
        _ => $"\"{opaque}\"",
    };
}
