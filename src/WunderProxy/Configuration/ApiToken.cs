using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.Configuration;

/// <summary>The bearer token of the manager API, given as an option or in a file that SIGHUP reads again.</summary>
internal sealed class ApiToken
{
    private const string FileOption = "--api-token-file";

    private readonly string? _file;
    private volatile byte[]? _digest;

    private ApiToken(string? token, string? file)
    {
        _file = file;
        _digest = token is null ? null : Digest(token);
    }

    /// <summary>Whether a token is configured, so that changing calls need one.</summary>
    public bool IsConfigured => _digest is not null;

    /// <summary>Reads the token that the options name.</summary>
    /// <exception cref="UsageException">
    /// The token is not valid, its file cannot be read or contains none, or OpenSSL is missing.
    /// </exception>
    public static ApiToken From(ManagerApiOptions options)
    {
        var token = options.TokenFile is { } file ? ReadFile(file) : options.Token;
        if (token is not null)
        {
            OpenSslRequirement.Check("an API token");
        }

        return new ApiToken(token, options.TokenFile);
    }

    /// <summary>Whether a candidate is the configured token; compared in constant time.</summary>
    public bool Matches(string candidate) =>
        _digest is { } digest && CryptographicOperations.FixedTimeEquals(digest, Digest(candidate));

    /// <summary>Reads the token's file again, if there is one.</summary>
    /// <exception cref="UsageException">
    /// The file cannot be read or contains no token; the old token stays in force.
    /// </exception>
    public void Reload()
    {
        if (_file is not null)
        {
            _digest = Digest(ReadFile(_file));
        }
    }

    /// <summary>Finds who else can read or change the token's file.</summary>
    /// <returns>A sentence for a warning, or null if nobody else can or there is no file.</returns>
    public string? FindWarning() => _file is null ? null : SecretFile.WarningOf(FileOption, _file);

    /// <summary>Reads a token from a file; surrounding blanks and line ends are ignored.</summary>
    /// <exception cref="UsageException">The file cannot be read or contains no token.</exception>
    public static string ReadFile(string path) =>
        Parse(Encoding.UTF8.GetString(SecretFile.Read(FileOption, path)).TrimStart('\uFEFF'), $"{FileOption}: {path}");

    /// <summary>Validates a token; surrounding blanks and line ends are ignored.</summary>
    /// <param name="text">The token as given by the user.</param>
    /// <param name="source">Where the token was given, for error messages: an option, a variable, a file.</param>
    /// <exception cref="UsageException">
    /// The token is empty, or contains characters that no caller could send.
    /// </exception>
    public static string Parse(string text, string source)
    {
        var token = text.Trim();
        if (token.Length == 0)
        {
            throw new UsageException($"{source} is empty: no caller could send such a token, and an empty one must not let everybody in");
        }

        return token.All(c => c is > ' ' and < '\u007f')
            ? token
            : throw new UsageException($"{source} has a blank, a line end or a non-ASCII character inside the token");
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
