using System.Reflection;

namespace WunderProxy.Configuration;

/// <summary>
/// The version of this program, as shown by <c>--version</c>, <c>/status</c> and the <c>User-Agent</c> of probes.
/// </summary>
internal static class ProductVersion
{
    /// <summary>The version as text, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
