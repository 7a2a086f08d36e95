using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme;

/// <summary>
/// Accounts, keys and certificates of this machine, in a directory of its own: files 0600, each replaced whole and synced.
/// One process holds its lock. A file that cannot be used is moved to another name, with a warning.
/// </summary>
public sealed class AcmeState : IDisposable
{
    private const string DirectoryName = "acme";
    private const string LockName = "lock";
    private const string PausesName = "pauses.json";

    // No host can be called so, because a host name has no underscore.
    private const string PendingName = "pending_key.pem";
    private const int MaxFileBytes = 1 << 20;
    private const int MaxHostLength = 180;
    private const int DigestDigits = 16;

    private readonly DirectoryHandle _directory;
    private readonly FileLock _lock;

    private AcmeState(DirectoryHandle directory, FileLock taken, IReadOnlyList<string> warnings) =>
        (_directory, _lock, Warnings) = (directory, taken, warnings);

    /// <summary>Path of the directory of accounts, certificates and pauses of this instance.</summary>
    public string FullPath => _directory.FullPath;

    /// <summary>What is wrong with the directory and does not forbid the start.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Called with a sentence when a file was put aside.</summary>
    internal Action<string> OnWarning { get; set; } = static _ => { };

    /// <summary>Opens <c>acme</c> below a directory, creates it if missing, and takes its lock.</summary>
    /// <param name="parent">The state directory.</param>
    /// <returns>The directory, or null if another process has it.</returns>
    /// <exception cref="StateUnwritableException">The directory cannot be used.</exception>
    public static AcmeState? TryOpen(string parent)
    {
        var warnings = new List<string>();
        DirectoryHandle? directory = null;
        try
        {
            directory = StateDirectory.Open(parent, DirectoryName, warnings.Add);
            if (FileLock.TryTake(directory, LockName) is not { } taken)
            {
                directory.Dispose();
                return null;
            }

            DurableFile.RemoveLeftovers(directory);
            return new AcmeState(directory, taken, warnings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            directory?.Dispose();
            throw Unwritable(parent, exception);
        }
    }

    /// <summary>Releases the lock and closes the directory.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        _directory.Dispose();
    }

    /// <summary>Reads the certificate of a host; null if there is none that can be used.</summary>
    internal IssuedCertificate? ReadCertificate(string host) =>
        Read(NameOf(host), bytes => IssuedCertificate.FromText(host, bytes));

    /// <summary>Writes the certificate of a host; it is durable on return.</summary>
    /// <exception cref="StateUnwritableException">The old file still stands.</exception>
    internal void WriteCertificate(IssuedCertificate certificate) =>
        Write(NameOf(certificate.Host), certificate.ToText());

    /// <summary>
    /// Writes the key of an order that begins, so that a directory that cannot be written is found out before the
    /// authority has issued a certificate.
    /// </summary>
    /// <exception cref="StateUnwritableException">The directory cannot be written.</exception>
    internal void WritePendingKey(string keyPem) => Write(PendingName, Encoding.ASCII.GetBytes(keyPem));

    /// <summary>Removes the key of an order that has ended.</summary>
    internal void RemovePendingKey() => TryDelete(PendingName);

    /// <summary>Reads the account at a server; null if there is none that can be used.</summary>
    internal AccountDocument? ReadAccount(Uri directory) =>
        Read(AccountNameOf(directory), bytes => AccountOf(bytes, directory));

    /// <summary>Writes the account at a server; it is durable on return.</summary>
    /// <exception cref="StateUnwritableException">The old file still stands.</exception>
    internal void WriteAccount(Uri directory, AccountDocument account) =>
        Write(AccountNameOf(directory), JsonSerializer.SerializeToUtf8Bytes(account, AcmeStateJsonContext.Default.AccountDocument));

    /// <summary>Reads until when each host must not be ordered from a server; null if that is not known.</summary>
    internal PausesDocument? ReadPauses(Uri directory) =>
        Read(PausesName, bytes => Json(bytes, AcmeStateJsonContext.Default.PausesDocument)) is { } document
        && document.Directory == directory.AbsoluteUri
            ? document
            : null;

    /// <summary>Writes until when each host must not be ordered, if the directory can be written.</summary>
    internal void TryWritePauses(PausesDocument document)
    {
        try
        {
            Write(PausesName, JsonSerializer.SerializeToUtf8Bytes(document, AcmeStateJsonContext.Default.PausesDocument));
        }
        catch (StateUnwritableException)
        {
            // The pause holds as long as this process; the directory is reported where it matters.
        }
    }

    /// <summary>Removes the pauses, if the directory can be written.</summary>
    internal void RemovePauses() => TryDelete(PausesName);

    /// <summary>Returns the name of the file, and of the shared document, that holds an account.</summary>
    internal static string AccountNameOf(Uri directory) => $"account-{Digest(directory.AbsoluteUri)}.json";

    /// <summary>Returns the name of the file, and of the shared document, that holds a certificate.</summary>
    internal static string NameOf(string host) =>
        (host.Length <= MaxHostLength ? host : $"{host[..MaxHostLength]}-{Digest(host)}") + ".pem";

    /// <summary>Reads the stored account of a certificate authority from JSON.</summary>
    /// <exception cref="FormatException">The bytes are no account at this server.</exception>
    internal static AccountDocument AccountOf(byte[] bytes, Uri directory)
    {
        var account = Json(bytes, AcmeStateJsonContext.Default.AccountDocument);
        if (account is not { Key: { } pem } || account.Directory != directory.AbsoluteUri)
        {
            throw new FormatException("it is no account at this server");
        }

        Protocol.AcmeAccountKey.FromPem(pem).Dispose();
        return account;
    }

    private static T Json<T>(byte[] bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new FormatException("it is empty");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("it is not a valid document of its kind", exception);
        }
    }

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..DigestDigits];

    private T? Read<T>(string name, Func<byte[], T?> parse)
        where T : class
    {
        try
        {
            using var file = _directory.TryOpenFile(name);
            if (file is null)
            {
                return null;
            }

            var path = _directory.PathOf(name);
            if (Posix.StatusOf(file, path) is var status && !StateDirectory.IsTrusted(status.User))
            {
                throw new NotRegularFileException($"{path} belongs to user {status.User}");
            }

            return parse(BoundedFile.Read(file, path, MaxFileBytes));
        }
        catch (Exception exception) when (exception is FormatException or NotRegularFileException or FileTooLargeException)
        {
            PutAside(name, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file stays as it is: it may be readable again later.
            OnWarning($"{_directory.PathOf(name)} cannot be read: {exception.Message}");
        }

        return null;
    }

    private void Write(string name, byte[] bytes)
    {
        try
        {
            try
            {
                DurableFile.Write(_directory, name, _directory, bytes);
            }
            catch (NotRegularFileException exception)
            {
                PutAside(name, exception.Message);
                DurableFile.Write(_directory, name, _directory, bytes);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(FullPath, exception);
        }
    }

    private void TryDelete(string name)
    {
        try
        {
            _directory.Delete(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next order replaces the file.
        }
    }

    private void PutAside(string name, string reason)
    {
        var aside = $"{name}.rejected-{Guid.NewGuid().ToString("n")[..8]}";
        try
        {
            _directory.TakeOver(_directory, name, aside);
            OnWarning($"{_directory.PathOf(name)} was put aside as {aside}: {reason}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            OnWarning($"{_directory.PathOf(name)} cannot be used ({reason}) nor put aside: {exception.Message}");
        }
    }

    private static StateUnwritableException Unwritable(string path, Exception cause) =>
        new($"the state directory {path} cannot be written: {cause.Message}", cause);
}
