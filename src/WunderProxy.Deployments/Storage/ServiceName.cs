using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.Deployments.Storage;

/// <summary>Which service this is: the three positional arguments.</summary>
/// <param name="Bucket">An S3 bucket, or <c>file:</c> and a directory in any spelling.</param>
/// <param name="Prefix">Leading part of its keys.</param>
/// <param name="App">The application, which names its images and containers.</param>
public sealed record ServiceName(string Bucket, string Prefix, string App)
{
    private const int DigestDigits = 8;

    /// <summary>What a file name of 255 bytes leaves for the application.</summary>
    private const int MaxNameLength = 255 - 1 - DigestDigits;

    /// <summary>In its one spelling, with <c>file:</c> when it is a directory.</summary>
    public string Bucket { get; init; } = ObjectStores.Canonical(Bucket);

    /// <summary>Without slashes around it.</summary>
    public string Prefix { get; init; } = Prefix.Trim('/');

    /// <summary>Name of its state directory: the application and 8 hex digits of the SHA-256 of all three.</summary>
    public string DirectoryName
    {
        get
        {
            // A line feed cannot be part of any of them, so that no two services read the same.
            var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{Bucket}\n{Prefix}\n{App}"));
            var app = string.Concat(App.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '-'));
            return $"{(app.Length > MaxNameLength ? app[..MaxNameLength] : app)}-{Convert.ToHexStringLower(digest)[..DigestDigits]}";
        }
    }
}
