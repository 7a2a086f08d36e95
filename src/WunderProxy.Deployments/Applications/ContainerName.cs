using System.Security.Cryptography;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Creates the names of our containers, <c>APP-REVISION-HASH8-XXXX</c>, whose last part is four random hexadecimal
/// digits.
/// </summary>
internal static class ContainerName
{
    private const int RandomBytes = 2;

    /// <summary>
    /// Prefix for application names that cannot begin a container's name, which must begin with a letter or digit.
    /// </summary>
    private const string LegalStart = "app";

    /// <summary>Creates a new container name.</summary>
    public static string Create(string app, string revision, LaunchConfigHash hash) =>
        Stem(app, revision, hash) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether <see cref="Create"/> can have made a name from these parts.</summary>
    public static bool IsMadeFrom(string name, string app, string revision, LaunchConfigHash hash)
    {
        var stem = Stem(app, revision, hash);
        return name.Length == stem.Length + (2 * RandomBytes)
            && name.StartsWith(stem, StringComparison.Ordinal)
            && name[stem.Length..].All(char.IsAsciiHexDigitLower);
    }

    private static string Stem(string app, string revision, LaunchConfigHash hash)
    {
        var stem = string.Concat($"{app}-{revision}-{hash.Brief}-".Select(c => IsLegal(c) ? c : '-'));
        return char.IsAsciiLetterOrDigit(stem[0]) ? stem : LegalStart + stem;
    }

    private static bool IsLegal(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
