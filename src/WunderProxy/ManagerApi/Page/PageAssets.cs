using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// The style sheet and the script, which stand in the page itself, and the policy that allows these two by their
/// digest and nothing else.
/// </summary>
internal static class PageAssets
{
    /// <summary>The text of the page's style sheet.</summary>
    public static string Style { get; } = Read("page.css");

    /// <summary>The text of the page's script.</summary>
    public static string Script { get; } = Read("page.js");

    /// <summary>The value of <c>Content-Security-Policy</c>.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src '{DigestOf(Style)}'; script-src '{DigestOf(Script)}'; connect-src 'self'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Returns the digest of an inline part as a policy names it (CSP level 3, section 2.3.1).</summary>
    internal static string DigestOf(string text) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the resource {name} is missing in this build");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // Browsers see line ends as \n, and so does the digest. Indents and comments are a tenth of the script.
        var lines = reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.Select(line => line.Trim()).Where(IsNeeded));
    }

    private static bool IsNeeded(string line) =>
        line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("/*", StringComparison.Ordinal);
}
