namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Reads and writes entity tags (RFC 9110 section 8.8.3) as servers send them: quoted, bare, or weakened by a
/// compressing proxy.
/// </summary>
internal static class EntityTag
{
    private const string WeakMark = "W/";

    /// <summary>Returns the tag without quotes and without the mark of a weak tag; empty for none.</summary>
    public static string Opaque(string? tag)
    {
        var text = (tag ?? "").Trim();
        return (text.StartsWith(WeakMark, StringComparison.OrdinalIgnoreCase) ? text[WeakMark.Length..] : text).Trim('"');
    }

    /// <summary>Returns the tag in the form that a server expects in <c>If-Match</c>.</summary>
    public static string Format(string opaque, EntityTagForm form) => form switch
    {
        EntityTagForm.Bare => opaque,
        EntityTagForm.Weak => $"{WeakMark}\"{opaque}\"",
        _ => $"\"{opaque}\"",
    };
}
