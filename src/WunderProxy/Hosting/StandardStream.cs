using System.Runtime.InteropServices;

namespace WunderProxy.Hosting;

/// <summary>
/// Whether the process was given its standard streams. The runtime, before our first line, opens files of its own at the
/// lowest free numbers: with <c>&gt;&amp;-</c> number 1 is one of those, its pipe for signals among them, and what is
/// written there destroys or is lost without an error. What the runtime opens closes on exec(2); what a process was given
/// came through an exec, so that it cannot.
/// </summary>
internal static partial class StandardStream
{
    /// <summary>Number of standard input.</summary>
    public const int Input = 0;

    /// <summary>Number of standard output.</summary>
    public const int Output = 1;

    /// <summary>Number of standard error.</summary>
    public const int Error = 2;

    private const int GetFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>Whether the process was given this stream.</summary>
    public static bool IsGiven(int number) =>
        !OperatingSystem.IsLinux() || (ReadFlags(number, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0);

    /// <summary>Does nothing for a stream that was given.</summary>
    /// <exception cref="IOException">It was not.</exception>
    public static void Require(int number)
    {
        if (!IsGiven(number))
        {
            throw new IOException("it was closed when the program began");
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ReadFlags(int descriptor, int command);
}
