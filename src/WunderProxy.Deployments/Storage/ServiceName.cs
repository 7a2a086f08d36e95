using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.Deployments.Storage;

/// <summary>Identifies a service by the three positional arguments of the command line.</summary>
/// <param name="Bucket">An S3 bucket, or <c>file:</c> and a directory in any spelling.</param>
/// <param name="Prefix">The start of the service's keys.</param>
/// <param name="App">Name of the application, by which its images and containers are named.</param>
public sealed record ServiceName(string Bucket, string Prefix, string App)
{
    private const int DigestDigits = 8;

    /// <summary>Longest application name that fits into a file name of 255 bytes with the digest.</summary>
    private const int MaxNameLength = 255 - 1 - DigestDigits;

    /// <summary>The bucket in its canonical spelling, with <c>file:</c> before a directory.</summary>
    public string Bucket { get; init; } = ObjectStores.Canonical(Bucket);

    /// <summary>The prefix without leading and trailing slashes.</summary>
    public string Prefix { get; init; } = Prefix.Trim('/');

    /// <summary>
    /// Name of the service's state directory: the application and 8 hexadecimal digits of the SHA-256 of bucket, prefix
    /// and application.
    /// </summary>
    public string DirectoryName
    {
        get
        {
            // None of the three can contain a line feed, so no two services give the same text.
            var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{Bucket}\n{Prefix}\n{App}"));
            var app = string.Concat(App.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '-'));
            return $"{(app.Length > MaxNameLength ? app[..MaxNameLength] : app)}-{Convert.ToHexStringLower(digest)[..DigestDigits]}";
        }
    }
}
