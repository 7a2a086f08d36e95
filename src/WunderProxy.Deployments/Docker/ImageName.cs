using System.Text.RegularExpressions;

namespace WunderProxy.Deployments.Docker;

/// <summary>An image reference split into its parts, as the engine splits it.</summary>
/// <param name="Repository">Registry and path, without tag or digest.</param>
/// <param name="Tag">The tag, or a digest such as <c>sha256:…</c>; <c>latest</c> if the reference had neither.</param>
public readonly partial record struct ImageName(string Repository, string Tag)
{
    /// <summary>Key of Docker Hub in the Docker client's config file.</summary>
    public const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>
    /// Longest path of a repository. The engine takes 255 characters with the registry, whose name needs some of them.
    /// </summary>
    private const int MaxPathLength = 200;

    /// <summary>Whether <see cref="Tag"/> is a digest and not a tag.</summary>
    public bool HasDigest => Tag.Contains(':', StringComparison.Ordinal);

    /// <summary>The registry, as the Docker client's config file names it.</summary>
    public string Registry => Host is { } host && !IsHub(host) ? host : DockerHub;

    /// <summary>The part before the first slash, if it is a registry; null for a short name on Docker Hub.</summary>
    private string? Host
    {
        get
        {
            var first = Repository.Split('/')[0];
            var isHost = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" || first.Any(char.IsAsciiLetterUpper);
            return isHost && first.Length < Repository.Length ? first : null;
        }
    }

    /// <summary>Whether a host name means Docker Hub.</summary>
    public static bool IsHub(string host) => host is "docker.io" or "index.docker.io" or "registry-1.docker.io";

    /// <summary>
    /// Whether a text can follow the registry in an image's name: parts of lower-case letters and digits, with
    /// <c>.</c>, <c>_</c>, <c>__</c> or hyphens between them (the distribution reference's <c>path-component</c>).
    /// </summary>
    public static bool IsPath(string text) => text.Length <= MaxPathLength && Path().IsMatch(text);

    /// <summary>Returns the full name: <c>shop</c> becomes <c>docker.io/library/shop</c>.</summary>
    public ImageName Normalize()
    {
        var path = Host is { } host ? Repository[(host.Length + 1)..] : Repository;
        return Host is { } registry && !IsHub(registry)
            ? this
            : this with { Repository = path.Contains('/', StringComparison.Ordinal) ? $"docker.io/{path}" : $"docker.io/library/{path}" };
    }

    /// <summary>
    /// Splits a reference at its digest, else at its tag, which follows the last colon after the last slash.
    /// </summary>
    public static ImageName Parse(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            // A tag before a digest has no meaning: the digest decides.
            return new ImageName(Parse(reference[..at]).Repository, reference[(at + 1)..]);
        }

        var colon = reference.LastIndexOf(':');
        return colon > reference.LastIndexOf('/')
            ? new ImageName(reference[..colon], reference[(colon + 1)..])
            : new ImageName(reference, "latest");
    }

    /// <summary>Returns the full image reference.</summary>
    public override string ToString() => HasDigest ? $"{Repository}@{Tag}" : $"{Repository}:{Tag}";

    [GeneratedRegex("^[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Path();
}
