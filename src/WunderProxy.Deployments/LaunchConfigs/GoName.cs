namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Compares names of JSON fields as the engine does: Go's decoder takes the name of a struct's field in any case.</summary>
internal static class GoName
{
    /// <summary>
    /// The form in which two names are equal to Go: upper case, where also U+017F (long s) is S and U+212A (Kelvin) is K.
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
