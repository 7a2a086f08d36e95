
namespace WunderProxy.Configuration;

/// <summary>Reads files that contain a secret, and finds who else can read them.</summary>
internal static class SecretFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const uint Root = 0;
    private const int ReadableByGroup = 0x20;
    private const int WritableByGroup = 0x10;
    private const int OpenToOthers = 0x7;

    // A shell's <(command) is a pipe under one of these names; any other pipe could block the start for ever.
    private static readonly string[] OpenedAlready = ["/dev/fd/", "/proc/self/fd/"];

    /// <summary>Reads a whole file that contains a secret.</summary>
    /// <param name="option">The option that names the file, for error messages.</param>
    /// <param name="path">
    /// Path of the file; a link is followed only to a file of root or of this process's user.
    /// </param>
    /// <exception cref="UsageException">
    /// The file is missing, cannot be read, is not a regular file, or is too large.
    /// </exception>
    public static byte[] Read(string option, string path)
    {
        if (path.Length == 0)
        {
            throw new UsageException($"{option} is empty: it names no file");
        }

        try
        {
            Check(option, path);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MaxBytes
                ? bytes[..length]
                : throw new UsageException($"{option}: {path} is larger than {MaxBytes / 1024} KiB");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option}: {exception.Message}", exception);
        }
    }

    /// <summary>Finds who can read or change a file besides root and this process's user.</summary>
    /// <returns>A sentence for a warning, or null if nobody else can, or the system does not tell.</returns>
    public static string? WarningOf(string option, string path)
    {
        if (FileFacts.Of(path, followLink: true) is not { IsRegular: true } file)
        {
            return null;
        }

        if (file.UserId != Root && file.UserId != ProcessUser.Id)
        {
            return $"{option}: {path} belongs to user {file.UserId}, who can read and replace the secret";
        }

        var isOwnGroup = file.GroupId == Root || file.GroupId == ProcessUser.GroupId;
        var isOpen = (file.Mode & OpenToOthers) != 0
            || (file.Mode & WritableByGroup) != 0
            || ((file.Mode & ReadableByGroup) != 0 && !isOwnGroup);
        return isOpen
            ? $"{option}: {path} is open to other users (mode {Convert.ToString(file.Mode, 8).PadLeft(4, '0')}); chmod 600 it"
            : null;
    }

    private static void Check(string option, string path)
    {
        if (FileFacts.Of(path, followLink: true) is not { } file)
        {
            // The file is missing, or the system does not tell; opening the file says which.
            return;
        }

        if (!file.IsRegular && !Array.Exists(OpenedAlready, name => path.StartsWith(name, StringComparison.Ordinal)))
        {
            throw new UsageException($"{option}: {path} is not a regular file");
        }

        if (file.IsRegular
            && FileFacts.Of(path, followLink: false) is { IsLink: true }
            && file.UserId != Root && file.UserId != ProcessUser.Id)
        {
            throw new UsageException($"{option}: {path} is a link to a file of user {file.UserId}");
        }
    }
}
