namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Compares names of JSON fields as the engine does: Go's decoder ignores the case of a struct's field names.
/// </summary>
internal static class GoName
{
    /// <summary>
    /// Returns the form in which names are equal to Go: upper case, with U+017F (long s) as S and U+212A (Kelvin sign)
    /// as K.
    /// </summary>
    public static string Fold(string name) => string.Create(name.Length, name, static (folded, source) =>
    {
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = source[i] switch
            {
                '\u017F' => 'S',
                '\u212A' => 'K',
                var other => char.ToUpperInvariant(other),
            };
        }
    });
}
