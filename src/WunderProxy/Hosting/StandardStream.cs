using System.Runtime.InteropServices;

namespace WunderProxy.Hosting;

/// <summary>
/// Tells whether the process was given its standard streams. Before our first line the runtime opens files of its own
/// at the lowest free numbers. With <c>&gt;&amp;-</c>, number 1 is one of them, possibly its pipe for signals, and
/// writing to it destroys data or loses it without an error. Files that the runtime opens are closed on exec(2); a
/// stream that was given came through an exec, so its descriptor is not.
/// </summary>
internal static partial class StandardStream
{
    /// <summary>Descriptor of standard input.</summary>
    public const int Input = 0;

    /// <summary>Descriptor of standard output.</summary>
    public const int Output = 1;

    /// <summary>Descriptor of standard error.</summary>
    public const int Error = 2;

    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const short Failed = 0x8;
    private const short HungUp = 0x10;

    /// <summary>Whether the process was given this stream at its start.</summary>
    public static bool IsGiven(int number) =>
        !OperatingSystem.IsLinux() || (ReadFlags(number, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0);

    /// <summary>Throws unless the process was given this stream.</summary>
    /// <exception cref="IOException">The stream was closed when the process started.</exception>
    public static void Require(int number)
    {
        if (!IsGiven(number))
        {
            throw new IOException("it was closed when the program began");
        }
    }

    /// <summary>
    /// Whether nobody can read any more what is written to this stream: a pipe whose reader has ended, a terminal that is
    /// gone. The runtime tells no writer of the former.
    /// </summary>
    public static bool HasNoReader(int number)
    {
        var look = new Look { Descriptor = number };
        return OperatingSystem.IsLinux() && Poll(ref look, 1, milliseconds: 0) > 0 && (look.Found & (Failed | HungUp)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Look look, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ReadFlags(int descriptor, int command);

    // struct pollfd; failures are told unasked.
    [StructLayout(LayoutKind.Sequential)]
    private struct Look
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
