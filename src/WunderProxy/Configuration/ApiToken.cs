using System.Security.Cryptography;
using System.Text;
using WunderProxy.Cli;

namespace WunderProxy.Configuration;

/// <summary>The bearer token of the manager API: fixed, or in a file that SIGHUP reads again.</summary>
internal sealed class ApiToken
{
    private readonly string? _file;
    private volatile byte[]? _digest;

    private ApiToken(string? token, string? file)
    {
        _file = file;
        _digest = token is null ? null : Digest(token);
    }

    /// <summary>Whether a token is needed.</summary>
    public bool IsConfigured => _digest is not null;

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="UsageException">The file cannot be read or is empty.</exception>
    public static ApiToken From(ManagerApiOptions options) =>
        new(options.TokenFile is { } file ? ReadFile(file) : options.Token, options.TokenFile);

    /// <summary>Compares in a time that tells nothing: digests of one length, every byte looked at.</summary>
    public bool Matches(string candidate) =>
        _digest is { } digest && CryptographicOperations.FixedTimeEquals(digest, Digest(candidate));

    /// <summary>Reads the file again, if there is one.</summary>
    /// <exception cref="UsageException">The file cannot be read or is empty; the token stays as it was.</exception>
    public void Reload()
    {
        if (_file is not null)
        {
            _digest = Digest(ReadFile(_file));
        }
    }

    /// <summary>Reads a token from a file; blanks and line ends around it do not count.</summary>
    /// <exception cref="UsageException">The file cannot be read or is empty.</exception>
    public static string ReadFile(string path)
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            return token.Length > 0 ? token : throw new UsageException($"--api-token-file: {path} is empty");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--api-token-file: {exception.Message}", exception);
        }
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
