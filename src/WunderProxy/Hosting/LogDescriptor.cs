using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WunderProxy.Configuration;

namespace WunderProxy.Hosting;

/// <summary>
/// A regular file that is open for appending. The runtime's own streams write at positions that they remember, which after
/// another program has truncated the file would leave a hole in it.
/// </summary>
internal sealed partial class LogDescriptor : IDisposable
{
    // For a regular file without effect; a pipe in its place would keep the caller waiting for a reader.
    private const int NonBlocking = 0x800;
    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;

    // The lines hold addresses and targets of clients: readable by a group, as logs usually are, and by nobody else.
    private const uint Mode = 0x1a0;

    private readonly SafeFileHandle _file;

    private LogDescriptor(SafeFileHandle file) => _file = file;

    /// <summary>What the system knows of the file.</summary>
    public FileFacts? Facts => FileFacts.Of(_file);

    /// <summary>Opens a file, and creates it with mode 0640 if it is missing.</summary>
    /// <exception cref="IOException">The file cannot be opened, or it is a link or no regular file.</exception>
    public static LogDescriptor Open(string path)
    {
        if (FileFacts.Of(path, followLink: false) is { IsRegular: false } other)
        {
            throw new IOException(other.IsLink ? $"{path} is a link: name the file itself" : $"{path} is not a regular file");
        }

        var descriptor = Open(path, WriteOnly | Create | Append | CloseOnExec | NonBlocking, Mode);
        return descriptor >= 0
            ? new LogDescriptor(new SafeFileHandle(descriptor, ownsHandle: true))
            : throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    /// <summary>Appends bytes to the end of the file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="error">Why not all of them were written; 0 if they were.</param>
    /// <returns>Number of bytes written.</returns>
    public int Write(ReadOnlySpan<byte> bytes, out int error)
    {
        var done = 0;
        for (error = 0; done < bytes.Length;)
        {
            var rest = bytes[done..];
            var written = (int)Write(_file, rest, rest.Length);
            if (written >= 0)
            {
                done += written;
            }
            else if (Marshal.GetLastPInvokeError() is var number and not Interrupted)
            {
                error = number;
                return done;
            }
        }

        return done;
    }

    /// <summary>Cuts the file to a length, which removes a line that was written in part.</summary>
    /// <returns>Whether the file has that length now.</returns>
    public bool TryCut(long bytes) => Truncate(_file, bytes) == 0;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Truncate(SafeFileHandle descriptor, long bytes);
}
