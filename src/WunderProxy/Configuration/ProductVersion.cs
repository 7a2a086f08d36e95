using System.Reflection;

namespace WunderProxy.Configuration;

/// <summary>Our own version, as <c>--version</c>, <c>/status</c> and the probes' <c>User-Agent</c> name it.</summary>
internal static class ProductVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
