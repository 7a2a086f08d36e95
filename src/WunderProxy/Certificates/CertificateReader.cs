using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>Reads a certificate and its private key from files. The texts of keys and passwords are cleared after use.</summary>
internal static class CertificateReader
{
    /// <summary>The option that names the file with the password of encrypted keys.</summary>
    public const string PasswordOption = "--tls-key-password-file";

    /// <summary>Reads both files of a pair.</summary>
    /// <param name="pair">The files.</param>
    /// <param name="passwordFile">File with the password of an encrypted key; null if there is none.</param>
    /// <exception cref="UsageException">
    /// A file cannot be read, has not what it should have, or the two do not belong together; the message names the file.
    /// </exception>
    public static ServerCertificate Read(CertificatePair pair, string? passwordFile)
    {
        var certificates = ReadCertificates(pair);
        using var key = ReadKey(pair, passwordFile);
        try
        {
            return ServerCertificate.Create(certificates, key);
        }
        catch (TlsException exception)
        {
            throw new UsageException(
                $"{pair.KeyOption}: {pair.KeyPath} does not fit {pair.CertificatePath}: {exception.Message}", exception);
        }
    }

    private static IReadOnlyList<X509Certificate2> ReadCertificates(CertificatePair pair)
    {
        var text = TextOf(pair.CertificateOption, pair.CertificatePath);
        try
        {
            return PemFile.ReadCertificates(text);
        }
        catch (TlsException exception)
        {
            throw new UsageException($"{pair.CertificateOption}: {pair.CertificatePath} {exception.Message}", exception);
        }
        finally
        {
            // The file may hold the key as well.
            Array.Clear(text);
        }
    }

    private static AsymmetricAlgorithm ReadKey(CertificatePair pair, string? passwordFile)
    {
        var text = TextOf(pair.KeyOption, pair.KeyPath);
        char[] password = [];
        try
        {
            password = passwordFile is null ? [] : TextOf(PasswordOption, passwordFile);
            return PemFile.ReadKey(text, password.AsSpan().TrimEnd("\r\n"));
        }
        catch (TlsException exception)
        {
            throw new UsageException($"{pair.KeyOption}: {pair.KeyPath} {exception.Message}", exception);
        }
        finally
        {
            Array.Clear(text);
            Array.Clear(password);
        }
    }

    private static char[] TextOf(string option, string path)
    {
        var bytes = SecretFile.Read(option, path);
        try
        {
            return Encoding.UTF8.GetChars(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
