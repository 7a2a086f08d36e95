using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WunderProxy.Deployments.Acme.Sharing;

namespace WunderProxy.Configuration;

/// <summary>Reads the files that the options about ACME name.</summary>
internal static class AcmeFiles
{
    private const string RootsOption = "--acme-ca";
    private const string AccountKeyOption = "--acme-eab-key-file";
    private const string SharingKeyOption = "--acme-key-file";

    /// <summary>Fewest bytes of a key that an authority gives out; a shorter one is most likely not decoded right.</summary>
    private const int MinAccountKeyBytes = 16;

    /// <summary>Reads root certificates in PEM.</summary>
    /// <exception cref="UsageException">The file cannot be read, or has no certificate.</exception>
    public static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"{RootsOption}: {path}: {exception.Message}", exception);
        }

        return roots.Count > 0 ? roots : throw new UsageException($"{RootsOption}: {path} has no certificate in PEM");
    }

    /// <summary>Reads the key of an account at the authority, in base64url as the authority shows it.</summary>
    /// <exception cref="UsageException">The file cannot be read, or is no such key.</exception>
    public static byte[] ReadAccountKey(string path)
    {
        var text = Encoding.UTF8.GetString(SecretFile.Read(AccountKeyOption, path)).Trim();
        var canonical = text.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        return Base64Url.IsValid(canonical) && Base64Url.DecodeFromChars(canonical) is { Length: >= MinAccountKeyBytes } key
            ? key
            : throw new UsageException($"{AccountKeyOption}: {path} is not a key in base64url of at least {MinAccountKeyBytes} bytes");
    }

    /// <summary>Reads the secret that seals what instances share: its bytes without line ends at the end.</summary>
    /// <exception cref="UsageException">The file cannot be read, or is too short to be a secret.</exception>
    public static byte[] ReadSharingSecret(string path)
    {
        // Editors and systems differ in how they end a line; the instances of a fleet must get the same key.
        var secret = SecretFile.Read(SharingKeyOption, path).AsSpan().TrimEnd("\r\n"u8);
        return secret.Length >= SealingKey.MinSecretBytes
            ? secret.ToArray()
            : throw new UsageException(
                $"{SharingKeyOption}: {path} has fewer than {SealingKey.MinSecretBytes} bytes: make one with 'openssl rand -base64 32'");
    }

    /// <summary>Finds which of the two secret files others can read or change.</summary>
    public static IEnumerable<string> WarningsOf(string? accountKeyPath, string? sharingKeyPath)
    {
        var account = accountKeyPath is null ? null : SecretFile.WarningOf(AccountKeyOption, accountKeyPath);
        var sharing = sharingKeyPath is null ? null : SecretFile.WarningOf(SharingKeyOption, sharingKeyPath);
        return new[] { account, sharing }.OfType<string>();
    }
}
